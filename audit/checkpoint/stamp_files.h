// Time stamps as files: what is kept of each beside the checkpoint that it stamps, in a folder of
// their own. `<size>.checkpoint`, `<size>.tsr`, `<size>.chain.pem` and, where witnesses were asked,
// `<size>.cosigned`: `openssl ts -verify` needs no more than the first two and an anchor.
#ifndef PASSERELLE_AUDIT_CHECKPOINT_STAMP_FILES_H_
#define PASSERELLE_AUDIT_CHECKPOINT_STAMP_FILES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace passerelle::audit::checkpoint {

// What is kept of one time stamp.
struct KeptStamp {
  // Number of entries of the checkpoint.
  uint64_t size = 0;
  // The checkpoint as the log alone signed it: the bytes that were stamped.
  std::string checkpoint;
  // The authority's response (RFC 3161 TimeStampResp, DER).
  std::string time_stamp;
  // PEM: the certificates from its signer up to the anchor, then the revocation lists for them.
  std::string chain;
  // The checkpoint with the lines of the quorum of witnesses; empty where none was asked for.
  std::string cosigned;
};

// Writes a stamp durably, its response last; the folder is made. What had been written for the same
// size is replaced. Errors as those of gateway/base/files.h.
absl::Status WriteStamp(const std::string& folder, const KeptStamp& stamp);

// Reads a stamp. NOT_FOUND when there is none of this size, or a part of it is missing.
absl::StatusOr<KeptStamp> ReadStamp(const std::string& folder, uint64_t size);

// The sizes of the stamps of a folder, ascending; none where there is no folder.
absl::StatusOr<std::vector<uint64_t>> ListStamps(const std::string& folder);

}  // namespace passerelle::audit::checkpoint

#endif  // PASSERELLE_AUDIT_CHECKPOINT_STAMP_FILES_H_
