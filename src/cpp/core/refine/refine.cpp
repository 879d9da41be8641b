#include "refine.hpp"

namespace pykmeans::detail {

namespace {

/// Make the centers means, and follow them. @return whether they are the means of their rows then
template <class T>
bool settle(LocalLloyd<T>& state, std::size_t updates) {
  state.update_all();
  if (state.is_untouched()) return true;
  const Ending ending = state.run(updates);
  return state.keep_if_lower(ending) && ending == Ending::settled;
}

}  // namespace

template <class T>
std::optional<StopReason> refine(LocalLloyd<T>& state, const FitOptions& options, FitSummary& summary,
                                 const Asked& asked) {
  std::optional<StopReason> reason;
  if (options.refine == Refine::swaps) reason = swap_centers(state, options, summary, asked);
  if (options.refine == Refine::splits) reason = split_clusters(state, options, asked);
  if (reason) return reason;
  const bool means = settle(state, options.max_iter);
  if (!means || traits(state.points().metric.distance).normalized) return asked();
  return move_rows(state, options, summary, asked);
}

template std::optional<StopReason> refine(LocalLloyd<std::uint8_t>&, const FitOptions&, FitSummary&, const Asked&);
template std::optional<StopReason> refine(LocalLloyd<float>&, const FitOptions&, FitSummary&, const Asked&);
template std::optional<StopReason> refine(LocalLloyd<double>&, const FitOptions&, FitSummary&, const Asked&);

}  // namespace pykmeans::detail
