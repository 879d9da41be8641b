// Round to nearest, no flush-to-zero, for the lifetime of the object on its thread: another library may have left the
// processor in another state, and the numbers here are defined to the last bit.
#pragma once

#include <cfenv>

#if defined(__x86_64__) || defined(_M_X64)
#include <xmmintrin.h>
#endif

namespace pykmeans::detail {

class FloatEnvironment {
 public:
  FloatEnvironment() {
#if defined(__x86_64__) || defined(_M_X64)
    saved_ = _mm_getcsr();
    _mm_setcsr(0x1f80);  // all exceptions masked, round to nearest, neither flush-to-zero nor denormals-are-zero
#elif defined(__aarch64__) && defined(__GNUC__)
    __asm__ __volatile__("mrs %0, fpcr" : "=r"(saved_));
    __asm__ __volatile__("msr fpcr, %0" : : "r"(0ull));
#else
    std::fegetenv(&saved_);
    std::fesetenv(FE_DFL_ENV);
#endif
  }
  ~FloatEnvironment() {
#if defined(__x86_64__) || defined(_M_X64)
    _mm_setcsr(saved_);
#elif defined(__aarch64__) && defined(__GNUC__)
    __asm__ __volatile__("msr fpcr, %0" : : "r"(saved_));
#else
    std::fesetenv(&saved_);
#endif
  }
  FloatEnvironment(const FloatEnvironment&) = delete;
  FloatEnvironment& operator=(const FloatEnvironment&) = delete;

 private:
#if defined(__x86_64__) || defined(_M_X64)
  unsigned saved_;
#elif defined(__aarch64__) && defined(__GNUC__)
  unsigned long long saved_;
#else
  std::fenv_t saved_;
#endif
};

}  // namespace pykmeans::detail
