// What every 64-bit CPU runs. Eight accumulators, two vectors of points and a broadcast fit the sixteen registers of
// x86-64.
#include "make_table.inl.hpp"
#include "vec_portable.hpp"

namespace pykmeans::kernels {
namespace {

struct Baseline {
  static constexpr const char* name = "baseline";
  using Float = PortableVector<float>;
  using Double = PortableVector<double>;
  using UpTo8 = Float;
  static constexpr std::size_t tile_vectors = 2, widest_panel = 4, group_rows = 2, box_vectors = 4;
  static constexpr Int16Kernels int16 = {};
};

}  // namespace

constexpr KernelTable baseline = make_table<Baseline>();

}  // namespace pykmeans::kernels
