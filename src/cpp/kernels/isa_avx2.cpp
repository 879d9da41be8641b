// AVX2 and FMA. Eight accumulators keep both multiply-add pipes busy; with ten, two loads of points serve more centers.
#include "make_table.inl.hpp"
#include "nearest_int16.inl.hpp"
#include "score_int8.inl.hpp"
#include "vec_avx2.hpp"

namespace pykmeans::kernels {
namespace {

struct Avx2 {
  static constexpr const char* name = "avx2";
  using Float = Avx2Vector<float>;
  using Double = Avx2Vector<double>;
  using UpTo8 = Float;
  static constexpr std::size_t tile_vectors = 2, widest_panel = 5, group_rows = 4, box_vectors = 2;
  static constexpr Int16Kernels int16 = int16_kernels<Avx2Int16, Avx2Int16, 2, 4>();
};

}  // namespace

constexpr KernelTable avx2 = make_table<Avx2>();
constexpr Int8Kernels avx2_int8 = int8_kernels<Avx2Vector<float>, Avx2Vector<double>, WrappingSums<Avx2Int8>, 4>();

}  // namespace pykmeans::kernels
