#include "audit/checkpoint/stamp_files.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::audit::checkpoint {
namespace {

namespace base = gateway::base;

constexpr std::string_view kCheckpoint = ".checkpoint";
constexpr std::string_view kTimeStamp = ".tsr";
constexpr std::string_view kChain = ".chain.pem";
constexpr std::string_view kCosigned = ".cosigned";

std::string PathOf(const std::string& folder, uint64_t size, std::string_view ending) {
  return absl::StrCat(folder, "/", size, base::Absl(ending));
}

}  // namespace

absl::Status WriteStamp(const std::string& folder, const KeptStamp& stamp) {
  RETURN_IF_ERROR(base::MakeFolder(folder, base::FileMode::kPrivate));
  const auto write = [&](std::string_view ending, const std::string& bytes) {
    return base::WriteFile(PathOf(folder, stamp.size, ending), bytes, base::FileMode::kPrivate);
  };
  RETURN_IF_ERROR(write(kCheckpoint, stamp.checkpoint));
  RETURN_IF_ERROR(write(kChain, stamp.chain));
  if (!stamp.cosigned.empty()) RETURN_IF_ERROR(write(kCosigned, stamp.cosigned));
  return write(kTimeStamp, stamp.time_stamp);
}

absl::StatusOr<KeptStamp> ReadStamp(const std::string& folder, uint64_t size) {
  KeptStamp stamp;
  stamp.size = size;
  ASSIGN_OR_RETURN(stamp.time_stamp,
                   base::ReadFile(PathOf(folder, size, kTimeStamp), base::kMaxTimeStampBytes));
  ASSIGN_OR_RETURN(stamp.checkpoint,
                   base::ReadFile(PathOf(folder, size, kCheckpoint), base::kMaxNoteBytes));
  ASSIGN_OR_RETURN(stamp.chain,
                   base::ReadFile(PathOf(folder, size, kChain), base::kMaxStampChainBytes));
  absl::StatusOr<std::string> cosigned =
      base::ReadFile(PathOf(folder, size, kCosigned), base::kMaxNoteBytes);
  if (!cosigned.ok() && !absl::IsNotFound(cosigned.status())) return cosigned.status();
  if (cosigned.ok()) stamp.cosigned = *std::move(cosigned);
  return stamp;
}

absl::StatusOr<std::vector<uint64_t>> ListStamps(const std::string& folder) {
  std::vector<uint64_t> sizes;
  const absl::StatusOr<std::vector<std::string>> names = base::ListFolder(folder);
  if (absl::IsNotFound(names.status())) return sizes;
  RETURN_IF_ERROR(names.status());
  for (const std::string& name : *names) {
    uint64_t size = 0;
    const size_t dot = name.find('.');
    // What is not spelled as PathOf spells it is no stamp.
    if (dot == std::string::npos || name.substr(dot) != kTimeStamp ||
        !absl::SimpleAtoi(name.substr(0, dot), &size) ||
        name != absl::StrCat(size, base::Absl(kTimeStamp)))
      continue;
    sizes.push_back(size);
  }
  std::sort(sizes.begin(), sizes.end());
  return sizes;
}

}  // namespace passerelle::audit::checkpoint
