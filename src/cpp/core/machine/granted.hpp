// What the operating system grants this process.
#pragma once

namespace pykmeans::detail {

/// Processors in the affinity mask of the calling thread.
int affinity_limit();

/// Processors that the cgroup's CPU quota amounts to, rounded up; a large number where there is no quota.
int quota_limit();

}  // namespace pykmeans::detail
