#include "assigner.hpp"

#include <algorithm>

#include "../../kernels/table.hpp"
#include "../measure/cluster_sums.hpp"
#include "thresholds.hpp"

namespace pykmeans::detail {

namespace {

template <class T>
PassPolicy::Candidate candidate(const LabelAlgorithm<T>* pruned, const AlgorithmRow<T>* row, bool automatic) {
  if (!pruned) return {};
  PassPolicy::Candidate result;
  result.exists = true;
  result.needs_labels = pruned->needs().labels;
  result.best_full_pass = row->name == Algorithm::bounds && kernels::pick().int8 != nullptr;
  result.may_be_left = automatic;
  if (automatic && result.needs_labels) result.part = thresholds::pruning_pays_part;
  return result;
}

/// What is kept before "lloyd" keeps rows.
template <class T>
std::size_t kept_bytes(const Points<T>& points, std::size_t n_clusters, const AlgorithmRow<T>* row) {
  return least_bytes(points, n_clusters) + (row ? row->bytes(points, n_clusters) : 0);
}

}  // namespace

template <class T>
Assigner<T>::Assigner(const Points<T>& points, std::size_t n_clusters, Algorithm algorithm, std::int32_t* labels,
                      const Poll& poll, const MemoryLimit& limit)
    : points_(points),
      n_clusters_(n_clusters),
      labels_(labels),
      poll_(poll),
      row_(choose(points, n_clusters, algorithm, limit)),
      pruned_(row_ ? row_->make(points, n_clusters) : nullptr),
      lloyd_(points, n_clusters, limit, kept_bytes(points, n_clusters, row_)),
      policy_(candidate(pruned_.get(), row_, algorithm == Algorithm::automatic), points.rows()) {
  if (FullInt8<T>::pays(points, n_clusters)) full_int8_ = std::make_unique<FullInt8<T>>(points, n_clusters);
}

template <class T>
void Assigner<T>::forget_labels() {
  if (!policy_.labeled()) std::fill_n(labels_, points_.rows(), -1);
}

template <class T>
bool Assigner<T>::begin_pruned(const Pass& pass) {
  if (policy_.state() != PassPolicy::State::pruning) return false;
  if (!pruned_->needs().all_rows) forget_labels();
  pruned_->prepare(pass);
  return pruned_->begin(pass);
}

template <class T>
LabelAlgorithm<T>& Assigner<T>::begin_full(const Pass& pass) {
  forget_labels();
  labels();
  if (pruned_) pruned_->forget();
  if (full_int8_ && full_int8_->begin(pass)) return *full_int8_;
  lloyd_.begin(pass);
  return lloyd_;
}

template <class T>
std::size_t Assigner<T>::assign(const double* centers, const ExactDistance& exact, Partial* sums) {
  const int threads = useful_threads(points_.n_threads, {points_.rows(), n_clusters_, points_.columns()});
  sums_.prepare(sums, threads);
  const Pass pass{centers, n_clusters_, exact, labels_, sums_, threads, poll_};
  const bool pruned = begin_pruned(pass);
  LabelAlgorithm<T>& algorithm = pruned ? *pruned_ : begin_full(pass);
  const Tally tally = algorithm.run(pass);
  algorithm.end(tally);
  used_ = pruned ? row_->name : Algorithm::lloyd;
  if (!pruned) {
    policy_.made_full_pass(tally.changed);
  } else if (policy_.made_pruned_pass(tally.changed, pruned_->pruned_fraction())) {
    labels();
    pruned_->forget();
  }
  sums_.merge(points_.columns(), threads, poll_);
  return tally.changed;
}

template <class T>
Vector<WideSum> Assigner<T>::distance_sums(const double* centers, const ExactDistance& exact, std::size_t n_sums) {
  if (pruned_ && pruned_->keeps_labels(exact)) return pruned_->distance_sums(centers, exact, n_sums, poll_);
  return cluster_sums(points_, points_.weights, centers, n_sums, labels(), exact, poll_);
}

template class Assigner<std::uint8_t>;
template class Assigner<float>;
template class Assigner<double>;

}  // namespace pykmeans::detail
