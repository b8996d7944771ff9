#include "audit/log/guard.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"

namespace passerelle::audit::log {
namespace {

using gateway::base::Corrupt;
using gateway::base::Error;
using gateway::base::Sha256;
using gateway::base::View;

constexpr std::string_view kTag = "passerelle/guard/v1\n";
constexpr size_t kSlotBytes = 512;
constexpr size_t kDigestBytes = sizeof(Digest);
constexpr size_t kCheckedBytes = kSlotBytes - kDigestBytes;
// Offsets in a slot; big-endian numbers of 8 bytes.
constexpr size_t kOriginAt = kTag.size();
constexpr size_t kSequenceAt = kOriginAt + kDigestBytes;
constexpr size_t kSizeAt = kSequenceAt + 8;
constexpr size_t kRootAt = kSizeAt + 8;
constexpr size_t kTimeAt = kRootAt + kDigestBytes;
constexpr size_t kEpochAt = kTimeAt + 8;

std::string EncodeSlot(const std::string& origin, uint64_t sequence, const Head& head) {
  std::string slot(kTag);
  slot.append(View(Sha256(origin)));
  gateway::base::AppendBigEndian64(slot, sequence);
  gateway::base::AppendBigEndian64(slot, head.size);
  slot.append(View(head.root));
  gateway::base::AppendBigEndian64(slot, static_cast<uint64_t>(head.time_ms));
  gateway::base::AppendBigEndian64(slot, head.epoch);
  slot.resize(kCheckedBytes, '\0');
  slot.append(View(Sha256(slot)));
  return slot;
}

// What a slot holds.
struct Slot {
  Digest origin{};
  uint64_t sequence = 0;
  Head head;
};

// Reads a slot; nothing when it is torn.
std::optional<Slot> DecodeSlot(std::string_view bytes) {
  if (bytes.size() != kSlotBytes || bytes.substr(0, kTag.size()) != kTag ||
      View(Sha256(bytes.substr(0, kCheckedBytes))) != bytes.substr(kCheckedBytes))
    return std::nullopt;
  const auto number = [&](size_t at) { return gateway::base::ReadBigEndian64(bytes.substr(at)); };
  const auto digest = [&](size_t at) {
    return *gateway::base::DigestFromBytes(bytes.substr(at, kDigestBytes));
  };
  return Slot{.origin = digest(kOriginAt),
              .sequence = number(kSequenceAt),
              .head = {.size = number(kSizeAt),
                       .root = digest(kRootAt),
                       .time_ms = static_cast<int64_t>(number(kTimeAt)),
                       .epoch = number(kEpochAt)}};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Guard>> Guard::Open(const std::string& path,
                                                   const std::string& origin) {
  // Created whole and durable, folder included, so that a write never changes its size.
  if (!gateway::base::Exists(path))
    RETURN_IF_ERROR(gateway::base::WriteFile(path, std::string(2 * kSlotBytes, '\0'),
                                             gateway::base::FileMode::kPrivate));
  ASSIGN_OR_RETURN(const std::string file, gateway::base::ReadFile(path, 2 * kSlotBytes));
  const int descriptor = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0)
    return Error(absl::StatusCode::kUnavailable, "FILE_ERROR", "",
                 absl::StrCat(path, ": ", std::generic_category().message(errno)));
  auto guard = std::unique_ptr<Guard>(new Guard(origin, descriptor));
  RETURN_IF_ERROR(gateway::base::InContext(guard->Load(file), path));
  return guard;
}

absl::Status Guard::Load(std::string_view file) {
  bool written = false;
  for (size_t i = 0; i < 2; ++i) {
    const std::string_view bytes = file.substr(std::min(file.size(), i * kSlotBytes), kSlotBytes);
    if (bytes.find_first_not_of('\0') == std::string_view::npos) continue;
    written = true;
    const std::optional<Slot> slot = DecodeSlot(bytes);
    if (!slot.has_value()) continue;
    if (slot->origin != Sha256(origin_))
      return Corrupt("GUARD_FOREIGN", "the guard of another log");
    if (last_.has_value() && slot->sequence < sequence_) continue;
    last_ = slot->head;
    sequence_ = slot->sequence;
  }
  if (written && !last_.has_value()) return Corrupt("GUARD_TORN", "no slot of the guard is whole");
  return absl::OkStatus();
}

Guard::~Guard() { close(descriptor_); }

absl::Status Guard::Write(const Head& head) {
  const uint64_t sequence = sequence_ + 1;
  const std::string slot = EncodeSlot(origin_, sequence, head);
  const auto offset = static_cast<off_t>((sequence % 2) * kSlotBytes);
  ssize_t written = 0;
  do {
    written = pwrite(descriptor_, slot.data(), slot.size(), offset);
  } while (written < 0 && errno == EINTR);
  if (written != static_cast<ssize_t>(slot.size()) || fdatasync(descriptor_) != 0)
    return Error(absl::StatusCode::kInternal, "GUARD_SYNC", "",
                 absl::StrCat("writing the guard: ", std::generic_category().message(errno)));
  sequence_ = sequence;
  last_ = head;
  return absl::OkStatus();
}

}  // namespace passerelle::audit::log
