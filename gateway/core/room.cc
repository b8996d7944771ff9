#include "gateway/core/room.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "policy/rules/areas.h"

namespace passerelle::gateway::core {

absl::Status CheckRoom(const SpaceTeller& space, const std::string& folder) {
  const absl::StatusOr<base::Space> left = space(folder);
  if (!left.ok() || left->bytes >= base::kDiskFloorBytes) return absl::OkStatus();
  return base::Error(
      absl::StatusCode::kResourceExhausted, "DISK_FULL", "",
      absl::StrCat("the gateway's disk is full but for the ", base::kDiskFloorBytes >> 20,
                   " MiB that stops and erasures need; nothing was recorded"));
}

bool MayUseFloor(const statement::v1::Statement& statement) {
  const auto& acts = statement.acts();
  return !acts.empty() && std::all_of(acts.begin(), acts.end(), [](const statement::v1::Act& act) {
    return policy::rules::IsReport(act.body_case()) || act.has_retention_reached() ||
           act.has_payload_erased();
  });
}

}  // namespace passerelle::gateway::core
