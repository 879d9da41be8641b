#include "refine.hpp"

namespace pykmeans::detail {

template <class T>
std::optional<StopReason> refine(LocalLloyd<T>& state, const FitOptions& options, FitSummary& summary,
                                 const Asked& asked) {
  std::optional<StopReason> reason;
  if (options.refine == Refine::swaps) reason = swap_centers(state, options, summary, asked);
  if (options.refine == Refine::splits) reason = split_clusters(state, options, asked);
  if (reason) return reason;
  state.update_all();
  if (!state.touched().empty()) {
    const Ending ending = state.run(options.max_iter);
    if (!state.keep_if_lower(ending)) return std::nullopt;
    if ((reason = asked()) || ending != Ending::settled) return reason;
  }
  if (!works_with(Refine::moves, state.points().metric.distance)) return std::nullopt;
  return move_rows(state, options, summary, asked);
}

template std::optional<StopReason> refine(LocalLloyd<std::uint8_t>&, const FitOptions&, FitSummary&, const Asked&);
template std::optional<StopReason> refine(LocalLloyd<float>&, const FitOptions&, FitSummary&, const Asked&);
template std::optional<StopReason> refine(LocalLloyd<double>&, const FitOptions&, FitSummary&, const Asked&);

}  // namespace pykmeans::detail
