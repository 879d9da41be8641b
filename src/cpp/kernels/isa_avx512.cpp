// AVX-512. Sixteen accumulators of thirty-two registers; more would only add padding where centers are few.
#include "make_table.inl.hpp"
#include "nearest_int16.inl.hpp"
#include "score_int8.inl.hpp"
#include "vec_avx2.hpp"
#include "vec_avx512.hpp"

namespace pykmeans::kernels {
namespace {

struct Avx512 {
  static constexpr const char* name = "avx512";
  using Float = Avx512Vector<float>;
  using Double = Avx512Vector<double>;
  using UpTo8 = Avx2Vector<float>;
  static constexpr std::size_t tile_vectors = 2, widest_panel = 8, group_rows = 12, box_vectors = 2;
  static constexpr Int16Kernels int16 = int16_kernels<Avx512Int16, Avx2Int16, 2, 8>();
};

}  // namespace

constexpr KernelTable avx512 = make_table<Avx512>();
constexpr Int8Kernels avx512_int8 =
    int8_kernels<Avx512Vector<float>, Avx512Vector<double>, WrappingSums<Avx512Int8>, 12>();

}  // namespace pykmeans::kernels
