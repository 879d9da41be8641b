#include "parallel.hpp"

#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>

#include "float_environment.hpp"
#include "granted.hpp"
#include "pool.hpp"
#include "pykmeans/pykmeans.hpp"
#include "pykmeans/workspace.hpp"

#ifdef _OPENMP
#include <omp.h>

#include <system_error>
#include <thread>
#endif
#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#endif

namespace pykmeans {

namespace {

// An OpenMP team does not survive fork(): a child that asked for one would wait for threads that are not there.
[[maybe_unused]] std::atomic<bool> forked{false};

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

// The clock is read only now and then: small fits consist of many short calls.
void poll_now_and_then(const Poll& poll) {
  using namespace std::chrono;
  static thread_local unsigned calls = 0;
  static thread_local steady_clock::time_point last{};
  if (!poll || ++calls % 8 != 0) return;
  const auto now = steady_clock::now();
  if (now - last < milliseconds(20)) return;
  last = now;
  const FloatEnvironment environment;  // what it does to it ends here
  poll();
}

namespace {

/// Blocks that one worker does before it helps the others: the same ones in every call, so that what it reads is near.
struct alignas(64) Share {
  std::atomic<std::size_t> next{0};
  std::size_t end = 0;
};

/// What the workers of one call share: the blocks that are left, and the first thing that went wrong.
class Sharing {
 public:
  Sharing(std::size_t n_blocks, std::size_t team, const Poll& poll, const BlockBody& body)
      : poll_(poll), body_(body), shares_(team), pool_(current_pool()) {
    for (std::size_t w = 0; w < team; ++w) {
      shares_[w].next = n_blocks * w / team;
      shares_[w].end = n_blocks * (w + 1) / team;
    }
  }

  /// What the calling thread wrote before is seen by the workers, and what they write by the calling thread. C++ knows
  /// no teams of OpenMP, so the order is said in its own words, which ThreadSanitizer understands too.
  void open() { opened_.store(true, std::memory_order_release); }
  void close() const { static_cast<void>(finished_.load(std::memory_order_acquire)); }

  void work(int worker) {
    static_cast<void>(opened_.load(std::memory_order_acquire));
    work_in_order(worker);
    finished_.fetch_add(1, std::memory_order_release);
  }

  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void work_in_order(int worker) {
    const FloatEnvironment environment;
    Pool* const before = use_pool(pool_);
    work_on_shares(worker);
    use_pool(before);
  }

  void work_on_shares(int worker) {
    try {
      for (std::size_t w = 0; w < shares_.size(); ++w) {
        Share& share = shares_[(static_cast<std::size_t>(worker) + w) % shares_.size()];
        for (;;) {
          if (worker == 0) poll_now_and_then(poll_);
          if (stop_.load(std::memory_order_relaxed)) return;
          if (share.next.load(std::memory_order_relaxed) >= share.end) break;
          const std::size_t block = share.next.fetch_add(1, std::memory_order_relaxed);
          if (block >= share.end) break;
          body_(block, worker);
        }
      }
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!error_) error_ = std::current_exception();
      stop_ = true;
    }
  }

  const Poll& poll_;
  const BlockBody& body_;
  Vector<Share> shares_;
  Pool* const pool_;  // of the calling thread, for all
  std::atomic<bool> opened_{false};
  std::atomic<unsigned> finished_{0};  // workers
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::exception_ptr error_;
};

#ifdef _OPENMP
/// Where other programs keep the processors busy, a thread that has no processor just now holds up all the others at
/// the end of a call, for as long as it takes until it is its turn: milliseconds, when the work itself may have taken
/// microseconds. The calling thread then works alone for a while.
class Congestion {
 public:
  static bool now() { return alone_until_ != Time{} && Clock::now() < alone_until_; }

  /// Nor where the system has no room for the threads; it may have some later.
  static void refused() { alone_until_ = Clock::now() + std::chrono::seconds(1); }

  void work_done() { done_ = Clock::now(); }
  void all_done() const {
    const Time end = Clock::now();
    const auto waited = end - done_;
    if (waited > std::chrono::milliseconds(2) && waited > 2 * (done_ - start_)) alone_until_ = end + 16 * waited;
  }

 private:
  using Clock = std::chrono::steady_clock;
  using Time = Clock::time_point;

  static thread_local Time alone_until_;
  const Time start_ = Clock::now();
  Time done_ = start_;
};

thread_local Congestion::Time Congestion::alone_until_{};

/// Whether the system makes so many threads: all of them stand still until the last one is there.
bool can_be_made(std::size_t threads) {
  std::mutex gate;
  Vector<std::thread> made;
  {
    const std::lock_guard<std::mutex> closed(gate);
    try {
      made.reserve(threads);
      while (made.size() < threads) made.emplace_back([&gate] { const std::lock_guard<std::mutex> passing(gate); });
    } catch (const std::system_error&) {
    } catch (const std::bad_alloc&) {
    }
  }
  for (std::thread& thread : made) thread.join();
  return made.size() == threads;
}

/// The team's own reading of where its work lies comes before any order that the sanitizer could know of.
[[gnu::no_sanitize_thread]] void run_team(Sharing& sharing, std::size_t team, Congestion& congestion) {
#pragma omp parallel num_threads(static_cast<int>(team))
  {
    sharing.work(omp_get_thread_num());
    if (omp_get_thread_num() == 0) congestion.work_done();
  }
}

/// The threads of a team are made by its first work.
[[gnu::no_sanitize_thread]] void make_team(std::size_t team) {
  std::atomic<int> made{0};
#pragma omp parallel num_threads(static_cast<int>(team))
  made.fetch_add(1, std::memory_order_relaxed);
}

/// Whether there are the threads for a team of that size. The OpenMP runtime ends the process where it cannot make one,
/// so that is tried first, and no other call of ours may take the scratch in between.
bool has_room_for(std::size_t team) {
  static thread_local std::size_t standing = 1;  // GNU's runtime ends the threads that a smaller team leaves over
  if (team > standing) {
    static std::mutex one_at_a_time;
    const std::lock_guard<std::mutex> lock(one_at_a_time);
    if (!can_be_made(team - standing)) {
      Congestion::refused();
      return false;
    }
    make_team(team);
  }
  standing = team;
  return true;
}
#endif

}  // namespace

void parallel_blocks(std::size_t n_blocks, int n_threads, const Poll& poll, const BlockBody& body) {
#ifdef _OPENMP
  const std::size_t team = std::min<std::size_t>(static_cast<std::size_t>(n_threads), n_blocks);
  if (team > 1 && !forked && !Congestion::now() && has_room_for(team)) {
    Sharing sharing(n_blocks, team, poll, body);
    Congestion congestion;
    sharing.open();
    run_team(sharing, team, congestion);
    sharing.close();
    congestion.all_done();
    sharing.rethrow();
    return;
  }
#else
  static_cast<void>(n_threads);
#endif
  for (std::size_t block = 0; block < n_blocks; ++block) {
    poll_now_and_then(poll);
    body(block, 0);
  }
}

}  // namespace detail

}  // namespace pykmeans
