#include "parallel.hpp"

#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>

#include "float_environment.hpp"
#include "granted.hpp"
#include "pykmeans/pykmeans.hpp"

#ifdef _OPENMP
#include <omp.h>
#endif
#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#endif

namespace pykmeans {

namespace {

// An OpenMP team does not survive fork(): a child that asked for one would wait for threads that are not there.
std::atomic<bool> forked{false};

#if defined(__unix__) || defined(__APPLE__)
[[maybe_unused]] const int fork_handler = pthread_atfork(nullptr, nullptr, [] { forked = true; });
#endif

}  // namespace

bool has_openmp() {
#ifdef _OPENMP
  return true;
#else
  return false;
#endif
}

int granted_threads() {
#ifdef _OPENMP
  if (forked) return 1;
  return std::max(1, std::min({detail::affinity_limit(), detail::quota_limit(), omp_get_max_threads()}));
#else
  return 1;
#endif
}

namespace detail {

namespace {

/// What the workers of one call share: the next block, and the first thing that went wrong.
class Sharing {
 public:
  Sharing(std::size_t n_blocks, const Poll& poll, const std::function<void(std::size_t, int)>& body)
      : n_blocks_(n_blocks), poll_(poll), body_(body) {}

  void work(int worker) {
    const FloatEnvironment environment;
    try {
      for (;;) {
        if (worker == 0) poll();
        const std::size_t block = next_.fetch_add(1, std::memory_order_relaxed);
        if (block >= n_blocks_ || stop_.load(std::memory_order_relaxed)) return;
        body_(block, worker);
      }
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!error_) error_ = std::current_exception();
      stop_ = true;
    }
  }

  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void poll() {
    using namespace std::chrono;
    if (!poll_) return;
    static thread_local steady_clock::time_point last{};
    const auto now = steady_clock::now();
    if (now - last < milliseconds(20)) return;
    last = now;
    poll_();
  }

  const std::size_t n_blocks_;
  const Poll& poll_;
  const std::function<void(std::size_t, int)>& body_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::exception_ptr error_;
};

}  // namespace

void parallel_blocks(std::size_t n_blocks, int n_threads, const Poll& poll,
                     const std::function<void(std::size_t, int)>& body) {
  Sharing sharing(n_blocks, poll, body);
#ifdef _OPENMP
  if (n_threads > 1 && n_blocks > 1 && !forked) {
    const auto team = static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(n_threads), n_blocks));
#pragma omp parallel num_threads(team)
    sharing.work(omp_get_thread_num());
    sharing.rethrow();
    return;
  }
#else
  static_cast<void>(n_threads);
#endif
  sharing.work(0);
  sharing.rethrow();
}

}  // namespace detail

}  // namespace pykmeans
