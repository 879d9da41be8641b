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

template <class T>
Vector<double> checked_start(const Points<T>& points, MatrixView<double> init, const FitOptions& options) {
  Vector<double> centers = starting_centers(points, init);
  check_options(points.rows(), init.rows, points.metric.distance, options);
  return centers;
}

template <class T>
detail::MemoryLimit checked_limit(const Points<T>& points, std::size_t n_clusters, const FitOptions& options) {
  const detail::MemoryLimit limit(options.max_memory);
  std::size_t least = detail::least_bytes(points, n_clusters);
  if (options.refine != Refine::none) least += detail::LocalLloyd<T>::bytes(points);
  if (limit.is_set() && !limit.allows(least))
    throw std::invalid_argument(
        "max_memory=" + std::to_string(limit.bytes()) + " must be at least " + std::to_string(least) + ", which " +
        (options.refine == Refine::none ? "algorithm=lloyd" : std::string("refine=") + to_string(options.refine)) +
        " takes here");
  return limit;
}

/// A fit: iterations, and what refines what they found.
template <class T>
class Run {
 public:
  Run(const Points<T>& points, MatrixView<double> init, const FitOptions& options, const FitArrays& out)
      : points_(points),
        options_(options),
        out_(out),
        deadline_(options.max_time),
        d_(points.columns()),
        k_(init.rows),
        numeric_(detail::numeric_features(points.metric, d_)),
        centers_(checked_start(points, init, options)),
        seen_(detail::with_directions(points, centers_, "init")),
        range_(range_now()),
        limit_(checked_limit(points, k_, options)),
        assigner_(points, k_, options.algorithm, out.labels, options.poll, limit_),
        update_(points, k_, options.poll) {}

  FitSummary operator()() {
    const std::size_t changed = find_optimum();
    measure();
    summary_.unrefined_inertia = summary_.inertia;
    if (options_.refine != Refine::none) refine(changed);
    return finish();
  }

 private:
  // Centers are as the caller gets them; seen are the same as distances see them: a center of a fit always has a
  // direction.
  ValueRange range_now() const { return detail::range_of_numbers(seen_.data(), k_, d_, numeric_); }
  ExactDistance distance_now() const {
    return ExactDistance(points_.metric, detail::merged(points_.range, range_), d_);
  }
  std::size_t assign() { return assigner_.assign(seen_.data(), distance_now(), &update_.sums()); }

  void measure() {
    const ExactDistance exact = distance_now();
    const std::size_t n_sums = out_.cluster_inertia ? k_ : 1;
    summary_.inertia =
        detail::inertia_of(assigner_.distance_sums(seen_.data(), exact, n_sums), exact, out_.cluster_inertia);
  }

  /// Tell the caller of an iteration or a step. @return whether it is to be the last one, and why
  std::optional<StopReason> told(double inertia, double shift) {
    const bool asked = options_.on_update && called(options_.on_update, Update{number_, inertia, shift});
    ++number_;
    if (asked) return StopReason::callback;
    if (deadline_.has_passed()) return StopReason::max_time;
    return std::nullopt;
  }

  /// Iterations until there is a reason to stop. @param changed  labels, where the first iteration's are there already
  /// @param measured  called with the objective of each, before anything moves
  template <class Measured>
  StopReason iterate(const Rounded& tolerance, std::optional<std::size_t> changed, const Measured& measured) {
    for (const std::size_t end = number_ + options_.max_iter;; changed.reset()) {
      if (!changed) changed = assign();
      double inertia = 0.0;
      const bool filled = update_(assigner_, seen_, distance_now(), centers_, [&](double objective) {
        inertia = objective;
        measured(objective);
      });
      previous_.swap(seen_);
      detail::normalize_centers(points_, centers_, seen_);
      const ValueRange previous_range = std::exchange(range_, range_now());
      const detail::Movement moves =
          detail::movement(previous_, seen_, detail::merged(previous_range, range_), d_, numeric_);
      shift_ = moves.shift;
      ended_ = told(inertia, as_double(shift_));
      if (*changed == 0 && !filled) return StopReason::labels;
      if (!moves.categories && detail::at_most(shift_, tolerance)) return StopReason::centers;
      if (number_ == end) return StopReason::max_iter;
      if (ended_) return *ended_;
    }
  }

  /// Lloyd's algorithm. @return how many labels changed when they were made to belong to the last centers
  std::size_t find_optimum() {
    const Rounded tolerance =
        options_.tol > 0.0 ? detail::times(options_.tol, detail::mean_variance(points_, options_.poll)) : Rounded{};
    summary_.tolerance = as_double(tolerance);
    summary_.stop_reason = iterate(tolerance, std::nullopt, [&](double objective) {
      if (out_.inertia_history)
        out_.inertia_history[number_] = objective;
      else
        summary_.inertia_history.push_back(objective);
      if (options_.on_iteration)
        called(options_.on_iteration, Iteration{number_, objective, MatrixView<double>(centers_.data(), k_, d_),
                                                [&] { return assigner_.labels(); }});
    });
    summary_.n_iter = number_;
    summary_.shift = as_double(shift_);
    return summary_.stop_reason == StopReason::labels ? 0 : assign();
  }

  /// @param changed  labels, in the last assignment
  void refine(std::size_t changed) {
    if (k_ == 1 || !(summary_.inertia > 0.0)) return;
    if (!ended_) {
      const Vector<double> unrefined = centers_;
      if (changed != 0 && iterate(Rounded{}, changed, [](double) {}) != StopReason::labels) assign();
      if (changed != 0) measure();
      summary_.refinement_history = {summary_.unrefined_inertia, summary_.inertia};
      if (!ended_ && summary_.inertia > 0.0 && !detail::any_empty(update_.sums())) ended_ = refine_centers();
      if (!(summary_.inertia < summary_.unrefined_inertia)) show(unrefined);
    }
    if (ended_) summary_.stop_reason = *ended_;
  }

  /// @return why the fit ends, or nothing
  std::optional<StopReason> refine_centers() {
    detail::LocalLloyd<T> state(points_, centers_, assigner_.labels(), update_.sums(), distance_now(), options_.poll);
    const std::optional<StopReason> reason = detail::refine<T>(state, options_, summary_, [&] {
      summary_.refinement_history.push_back(state.inertia());
      return told(state.inertia(), 0.0);
    });
    show(state.centers());
    return reason;
  }

  /// Make these the centers, with their labels and inertia.
  void show(const Vector<double>& centers) {
    centers_ = centers;
    detail::normalize_centers(points_, centers_, seen_);
    range_ = range_now();
    assign();
    measure();
  }

  FitSummary finish() {
    summary_.algorithm = assigner_.used();
    assigner_.labels();  // written now, where they are kept elsewhere
    std::copy(centers_.begin(), centers_.end(), out_.centers);
    const Partial& sums = update_.sums();
    for (std::size_t c = 0; c < k_; ++c)
      out_.cluster_sizes[c] = as_double(sums.count(c) == 0 ? Rounded{} : sums.weight(c));
    return std::move(summary_);
  }

  const Points<T>& points_;
  const FitOptions& options_;
  const FitArrays& out_;
  const Deadline deadline_;
  const std::size_t d_, k_, numeric_;
  Vector<double> centers_, seen_, previous_;
  ValueRange range_;  // of seen_
  const detail::MemoryLimit limit_;
  detail::Assigner<T> assigner_;
  detail::UpdateStep<T> update_;
  Rounded shift_;
  std::size_t number_ = 0;           // of the iteration, or of the step
  std::optional<StopReason> ended_;  // the caller, or the time, ends the fit
  FitSummary summary_;
};

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
  const detail::FloatEnvironment environment;
  return Run<T>(points, init, options, out)();
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
