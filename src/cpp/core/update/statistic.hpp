// Which value of its members a center takes in a column.
#pragma once

namespace pykmeans::detail {

enum class Statistic {
  median,  ///< the least value whose members at most as large have at least half of all the members' weight
  mode,    ///< the value of the largest weight, the least at a tie
};

}  // namespace pykmeans::detail
