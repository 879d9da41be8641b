// What a fit does after Lloyd's algorithm, to end lower. docs/semantics.md, "Refinement", is the definition; what is here
// finds the same from little more than the rows around the centers that move (local_lloyd.hpp).
#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "local_lloyd.hpp"
#include "pykmeans/options.hpp"
#include "pykmeans/result.hpp"

namespace pykmeans::detail {

/// Called after each step of a refinement: why to stop now, or nothing.
using Asked = std::function<std::optional<StopReason>()>;

/// Trials of swaps. @return why the fit ends, or nothing
template <class T>
std::optional<StopReason> swap_centers(LocalLloyd<T>& state, const FitOptions& options, FitSummary& summary,
                                       const Asked& asked);

/// Rounds of splits.
template <class T>
std::optional<StopReason> split_clusters(LocalLloyd<T>& state, const FitOptions& options, const Asked& asked);

/// Rounds of moves, from centers that are the means of their rows.
template <class T>
std::optional<StopReason> move_rows(LocalLloyd<T>& state, const FitOptions& options, FitSummary& summary,
                                    const Asked& asked);

/// All that options.refine says. @return why the fit ends, or nothing
template <class T>
std::optional<StopReason> refine(LocalLloyd<T>& state, const FitOptions& options, FitSummary& summary,
                                 const Asked& asked);

}  // namespace pykmeans::detail
