// What one feature adds to the score or the distance of a point and a center, in the filter of each metric. Included by
// the isa_*.cpp files only (see nearest_score.inl.hpp).
#pragma once

namespace pykmeans::kernels {
namespace {

struct AddProduct {
  template <class Vector>
  static typename Vector::Lanes add(typename Vector::Lanes score, typename Vector::Lanes point,
                                    typename Vector::Lanes center) {
    return Vector::multiply_add(point, center, score);
  }
};

/// |y - z| = 2 max(y, z) - y - z; the sums of y and of z are known beforehand.
struct AddGreater {
  template <class Vector>
  static typename Vector::Lanes add(typename Vector::Lanes score, typename Vector::Lanes point,
                                    typename Vector::Lanes center) {
    return Vector::add_beside_max(score, Vector::max(point, center));
  }
};

struct CountUnlike {
  template <class Vector>
  static typename Vector::Lanes add(typename Vector::Lanes score, typename Vector::Lanes point,
                                    typename Vector::Lanes center) {
    return Vector::count_unlike(score, point, center);
  }
};

/// For boxes, add_difference takes the difference alone.
struct AddSquare {
  template <class Vector>
  static typename Vector::Lanes add_difference(typename Vector::Lanes distance, typename Vector::Lanes difference) {
    return Vector::multiply_add(difference, difference, distance);
  }
  template <class Vector>
  static typename Vector::Lanes add(typename Vector::Lanes distance, typename Vector::Lanes point,
                                    typename Vector::Lanes center) {
    return add_difference<Vector>(distance, Vector::subtract(point, center));
  }
};

struct AddMagnitude {
  template <class Vector>
  static typename Vector::Lanes add_difference(typename Vector::Lanes distance, typename Vector::Lanes difference) {
    return Vector::add(distance, Vector::absolute(difference));
  }
  template <class Vector>
  static typename Vector::Lanes add(typename Vector::Lanes distance, typename Vector::Lanes point,
                                    typename Vector::Lanes center) {
    return add_difference<Vector>(distance, Vector::subtract(point, center));
  }
};

}  // namespace
}  // namespace pykmeans::kernels
