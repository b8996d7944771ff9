// The floor of the disk: what is kept free for the log, and who alone may use it.
#ifndef PASSERELLE_GATEWAY_CORE_ROOM_H_
#define PASSERELLE_GATEWAY_CORE_ROOM_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/machine.h"
#include "passerelle/statement/v1/statement.pb.h"

namespace passerelle::gateway::core {

// Tells the space that the file system of a folder has left. Thread-safe.
using SpaceTeller = std::function<absl::StatusOr<base::Space>(const std::string& folder)>;

// RESOURCE_EXHAUSTED (DISK_FULL) when less than kDiskFloorBytes are free in a folder. What cannot
// be told is no refusal: the commit will say.
absl::Status CheckRoom(const SpaceTeller& space, const std::string& folder);

// Whether a statement may use the floor: it stops something (a freeze, a key stop) or leads to
// destruction, which gives space back.
bool MayUseFloor(const statement::v1::Statement& statement);

}  // namespace passerelle::gateway::core

#endif  // PASSERELLE_GATEWAY_CORE_ROOM_H_
