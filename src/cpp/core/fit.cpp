// The loop. Read this file first.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "assign/assigner.hpp"
#include "distance/exact_distance.hpp"
#include "machine/float_environment.hpp"
#include "measure/cluster_sums.hpp"
#include "pykmeans/pykmeans.hpp"
#include "pykmeans/workspace.hpp"
#include "refine/refine.hpp"
#include "rows/messages.hpp"
#include "rows/normalized_centers.hpp"
#include "stopping.hpp"
#include "update/update_step.hpp"

namespace pykmeans {

using detail::ExactDistance;

namespace {

void check_options(std::size_t n_samples, std::size_t n_clusters, Distance distance, const FitOptions& options) {
  if (n_clusters > n_samples)
    throw std::invalid_argument("n_clusters=" + std::to_string(n_clusters) +
                                " must be <= n_samples=" + std::to_string(n_samples));
  if (!works_with(options.algorithm, distance))
    throw std::invalid_argument(std::string("algorithm=") + to_string(options.algorithm) +
                                " must be auto or lloyd with metric=" + to_string(distance));
  if (options.max_iter < 1) throw std::invalid_argument("max_iter=0 must be >= 1");
  if (!(options.tol >= 0.0 && options.tol <= std::numeric_limits<double>::max()))
    throw std::invalid_argument("tol=" + detail::shown(options.tol) + " must be finite and >= 0");
  if (!works_with(options.refine, distance))
    throw std::invalid_argument(std::string("refine=") + to_string(options.refine) +
                                " does not work with metric=" + to_string(distance));
  if (options.n_swaps < 1) throw std::invalid_argument("n_swaps=0 must be >= 1");
  if (!(options.max_time >= 0.0))
    throw std::invalid_argument("max_time=" + detail::shown(options.max_time) + " must be >= 0");
}

class Deadline {
 public:
  explicit Deadline(double seconds) : seconds_(seconds) {}
  bool has_passed() const {
    return std::isfinite(seconds_) && std::chrono::duration<double>(Clock::now() - begin_).count() >= seconds_;
  }

 private:
  using Clock = std::chrono::steady_clock;
  const double seconds_;
  const Clock::time_point begin_ = Clock::now();
};

/// Call a function of the caller's. Our floating-point state comes back, whatever state that leaves behind.
template <class Function, class Argument>
auto called(const Function& function, const Argument& argument) {
  const detail::FloatEnvironment kept;
  return function(argument);
}

double as_double(const Rounded& value) {
  return std::ldexp(value.fraction, value.exponent);
}

/// init as the fit takes it: contiguous, and rounded to float32 where centers are.
template <class T>
Vector<double> starting_centers(const Points<T>& points, MatrixView<double> init) {
  Vector<double> centers = detail::checked_centers(points, init, "init");
  if (!points.source->has_single_centers()) return centers;
  for (double& value : centers) {
    if (std::fabs(value) > static_cast<double>(std::numeric_limits<float>::max()))
      throw std::invalid_argument("init holds " + detail::shown(value) + ", which must fit into float32 as X does");
    value = static_cast<double>(static_cast<float>(value));
  }
  return centers;
}

/// Why the loop ends after an iteration; nothing where it goes on.
std::optional<StopReason> reason_to_stop(bool labels_are_the_same, bool centers_stay, bool is_last, bool asked_to_stop,
                                         const Deadline& deadline) {
  if (labels_are_the_same) return StopReason::labels;
  if (centers_stay) return StopReason::centers;
  if (is_last) return StopReason::max_iter;
  if (asked_to_stop) return StopReason::callback;
  if (deadline.has_passed()) return StopReason::max_time;
  return std::nullopt;
}

}  // namespace

const char* to_string(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::automatic:
      return "auto";
    case Algorithm::lloyd:
      return "lloyd";
    case Algorithm::tiles:
      return "tiles";
    case Algorithm::bounds:
      return "elkan";
    default:
      return "boxes";
  }
}

const char* to_string(Refine refine) {
  switch (refine) {
    case Refine::moves:
      return "moves";
    case Refine::splits:
      return "splits";
    case Refine::swaps:
      return "swaps";
    default:
      return "";
  }
}

const char* to_string(StopReason reason) {
  switch (reason) {
    case StopReason::labels:
      return "labels";
    case StopReason::centers:
      return "centers";
    case StopReason::callback:
      return "callback";
    case StopReason::max_time:
      return "max_time";
    default:
      return "max_iter";
  }
}

template <class T>
FitSummary fit(const Points<T>& points, MatrixView<double> init, const FitOptions& options, FitArrays out) {
  const Deadline deadline(options.max_time);
  const detail::FloatEnvironment environment;
  Vector<double> centers = starting_centers(points, init);
  const std::size_t n = points.rows(), d = points.columns(), k = init.rows;
  check_options(n, k, points.metric.distance, options);
  // The centers as distances see them; a center of a fit always has a direction.
  Vector<double> seen = detail::with_directions(points, centers, "init"), previous;
  const std::size_t numeric = detail::numeric_features(points.metric, d);

  FitSummary summary;
  const Rounded tolerance =
      options.tol > 0.0 ? detail::times(options.tol, detail::mean_variance(points, options.poll)) : Rounded{};
  const auto range_now = [&] { return detail::range_of_numbers(seen.data(), k, d, numeric); };
  ValueRange range = range_now();
  const auto distance_now = [&] { return ExactDistance(points.metric, detail::merged(points.range, range), d); };
  const detail::MemoryLimit limit(options.max_memory);
  if (const std::size_t least = detail::least_bytes(points, k); limit.is_set() && !limit.allows(least))
    throw std::invalid_argument("max_memory=" + std::to_string(limit.bytes()) + " must be at least " +
                                std::to_string(least) + ", which algorithm=lloyd takes here");
  detail::Assigner<T> assigner(points, k, options.algorithm, out.labels, options.poll, limit);
  detail::UpdateStep<T> update(points, k, options.poll);

  Rounded shift;
  std::size_t number = 0;  // of the iteration
  const auto asked_to_stop = [&](double inertia_now, double its_shift) {
    return options.on_update && called(options.on_update, Update{number, inertia_now, its_shift});
  };
  const auto assign = [&] { return assigner.assign(seen.data(), distance_now(), &update.sums()); };
  // Iterations until one of the reasons holds. The first one has labels already where `changed` says how many changed.
  const auto iterate = [&](const Rounded& least_shift, std::optional<std::size_t> changed, const auto& measured) {
    for (const std::size_t end = number + options.max_iter;; changed.reset()) {
      if (!changed) changed = assign();
      double inertia_now = 0.0;
      const bool filled = update(assigner, seen, distance_now(), centers, [&](double objective) {
        inertia_now = objective;
        measured(objective);
      });
      previous.swap(seen);
      detail::normalize_centers(points, centers, seen);
      const ValueRange previous_range = std::exchange(range, range_now());
      const detail::Movement moves =
          detail::movement(previous, seen, detail::merged(previous_range, range), d, numeric);
      shift = moves.shift;
      const bool asked = asked_to_stop(inertia_now, as_double(shift));
      ++number;
      if (const auto reason =
              reason_to_stop(*changed == 0 && !filled, !moves.categories && detail::at_most(shift, least_shift),
                             number == end, asked, deadline))
        return *reason;
    }
  };

  summary.stop_reason = iterate(tolerance, std::nullopt, [&](double objective) {
    if (out.inertia_history)
      out.inertia_history[number] = objective;
    else
      summary.inertia_history.push_back(objective);
    if (options.on_iteration)
      called(options.on_iteration,
             Iteration{number, objective, MatrixView<double>(centers.data(), k, d), [&] { return assigner.labels(); }});
  });
  summary.n_iter = number;
  summary.shift = as_double(shift);
  summary.tolerance = as_double(tolerance);
  std::size_t changed = 0;
  if (summary.stop_reason != StopReason::labels) changed = assign();  // make the labels belong to the centers
  const std::size_t n_sums = out.cluster_inertia ? k : 1;
  const auto measure = [&] {
    const ExactDistance exact = distance_now();
    summary.inertia =
        detail::inertia_of(assigner.distance_sums(seen.data(), exact, n_sums), exact, out.cluster_inertia);
  };
  measure();
  summary.unrefined_inertia = summary.inertia;

  const bool was_ended = summary.stop_reason == StopReason::callback || summary.stop_reason == StopReason::max_time;
  if (options.refine != Refine::none && !was_ended && k > 1 && summary.inertia > 0.0) {
    const Vector<double> unrefined = centers;
    const auto show = [&](const Vector<double>& shown) {
      centers = shown;
      detail::normalize_centers(points, centers, seen);
      range = range_now();
      assign();
      measure();
    };
    std::optional<StopReason> reason;
    if (changed != 0) {
      reason = iterate(Rounded{}, changed, [](double) {});
      if (reason != StopReason::labels) assign();
      if (reason != StopReason::callback && reason != StopReason::max_time) reason.reset();
      measure();
    }
    summary.refinement_history = {summary.unrefined_inertia, summary.inertia};
    if (!reason && summary.inertia > 0.0 && !detail::any_empty(update.sums())) {
      const ExactDistance exact = distance_now();
      detail::LocalLloyd<T> state(points, centers, assigner.labels(), update.sums(), exact, options.poll);
      reason = detail::refine<T>(state, options, summary, [&]() -> std::optional<StopReason> {
        summary.refinement_history.push_back(std::ldexp(state.inertia(), state.units().exponent + exact.exponent()));
        const bool asked = asked_to_stop(summary.refinement_history.back(), 0.0);
        ++number;
        if (asked) return StopReason::callback;
        if (deadline.has_passed()) return StopReason::max_time;
        return std::nullopt;
      });
      show(state.centers());
    }
    if (!(summary.inertia < summary.unrefined_inertia)) show(unrefined);
    if (reason) summary.stop_reason = *reason;
  }

  summary.algorithm = assigner.used();
  assigner.labels();  // written now, where they are kept elsewhere
  std::copy(centers.begin(), centers.end(), out.centers);
  const Partial& sums = update.sums();
  for (std::size_t c = 0; c < k; ++c) out.cluster_sizes[c] = as_double(sums.count(c) == 0 ? Rounded{} : sums.weight(c));
  return summary;
}

template <class T>
FitResult fit(const Points<T>& points, const std::vector<double>& init, const FitOptions& options) {
  const std::size_t d = points.columns(), k = init.size() / d;
  if (k * d != init.size())
    throw std::invalid_argument("init of " + std::to_string(init.size()) +
                                " values must be a multiple of the columns of X: " + std::to_string(d));
  FitResult result;
  result.labels.resize(points.rows());
  result.centers.resize(k * d);
  result.cluster_inertia.resize(k);
  result.cluster_sizes.resize(k);
  static_cast<FitSummary&>(result) =
      fit(points, MatrixView<double>(init.data(), k, d), options,
          {result.labels.data(), result.centers.data(), result.cluster_inertia.data(), result.cluster_sizes.data()});
  return result;
}

#define PYKMEANS_INSTANTIATE(T)                                                                \
  template FitSummary fit(const Points<T>&, MatrixView<double>, const FitOptions&, FitArrays); \
  template FitResult fit(const Points<T>&, const std::vector<double>&, const FitOptions&)

PYKMEANS_INSTANTIATE(std::uint8_t);
PYKMEANS_INSTANTIATE(float);
PYKMEANS_INSTANTIATE(double);

#undef PYKMEANS_INSTANTIATE

}  // namespace pykmeans
