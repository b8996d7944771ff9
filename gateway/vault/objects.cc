#include "gateway/vault/objects.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/vault/aead.h"

namespace passerelle::gateway::vault {
namespace {

constexpr size_t kNameBytes = 16;
constexpr size_t kSealedSegmentBytes = kIvBytes + kSegmentBytes + kTagBytes;

std::string PathOf(const std::string& folder, const std::string& name) {
  return absl::StrCat(folder, "/", name);
}

std::string SegmentContext(uint64_t index, bool last) {
  std::string context;
  base::AppendBigEndian64(context, index);
  context.push_back(last ? '\1' : '\0');
  return context;
}

// Even an empty content has one segment: that it is empty is authentic too.
uint64_t SegmentsOf(uint64_t length) {
  return std::max<uint64_t>(1, (length + kSegmentBytes - 1) / kSegmentBytes);
}

}  // namespace

StagedObject::~StagedObject() {
  // What cannot be removed now is removed at the next start.
  if (!kept_) (void)base::RemoveFile(PathOf(folder_, name_));
}

ObjectWriter::ObjectWriter(std::shared_ptr<StagedObject> object, base::StreamWriter file,
                           base::Random& random)
    : object_(std::move(object)),
      file_(std::move(file)),
      random_(&random),
      data_key_(random.Bytes(kKeyBytes)),
      hasher_(std::make_unique<base::Sha256Hasher>()) {}

absl::StatusOr<ObjectWriter> ObjectWriter::Create(const std::string& folder, base::Random& random) {
  const std::string name = base::ToHex(random.Bytes(kNameBytes));
  ASSIGN_OR_RETURN(base::StreamWriter file, base::StreamWriter::Create(PathOf(folder, name)));
  return ObjectWriter(std::make_shared<StagedObject>(folder, name), std::move(file), random);
}

absl::Status ObjectWriter::WriteSegment(std::string_view plain, bool last) {
  ASSIGN_OR_RETURN(const std::string sealed,
                   AeadSeal(data_key_, SegmentContext(segments_, last), {plain}, *random_));
  ++segments_;
  return file_.Append(sealed);
}

absl::Status ObjectWriter::Append(std::string_view bytes) {
  hasher_->Update(bytes);
  length_ += bytes.size();
  while (!bytes.empty()) {
    if (pending_.size() == kSegmentBytes) {
      RETURN_IF_ERROR(WriteSegment(pending_, false));
      base::Wipe(pending_);
    }
    const size_t taken = std::min(bytes.size(), kSegmentBytes - pending_.size());
    pending_.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
  }
  return absl::OkStatus();
}

absl::Status ObjectWriter::Finish() {
  const absl::Status written = WriteSegment(pending_, true);
  base::Wipe(pending_);
  RETURN_IF_ERROR(written);
  object_->SetBytes(length_);
  return file_.Sync();
}

uint64_t ObjectFileBytes(uint64_t length) {
  return length + SegmentsOf(length) * (kIvBytes + kTagBytes);
}

absl::StatusOr<ObjectReader> ObjectReader::Open(const std::string& folder, const std::string& name,
                                                base::Secret data_key, uint64_t length) {
  ASSIGN_OR_RETURN(base::StreamReader file, base::StreamReader::Open(PathOf(folder, name)));
  if (file.size() != ObjectFileBytes(length))
    return base::Corrupt("OBJECT_LENGTH", "an object of the vault was cut or grew");
  return ObjectReader(std::move(file), std::move(data_key), length);
}

absl::StatusOr<std::string> ObjectReader::Read(uint64_t offset) const {
  if (offset >= length_) return std::string();
  const uint64_t segment = offset / kSegmentBytes;
  const bool last = segment + 1 == SegmentsOf(length_);
  ASSIGN_OR_RETURN(const std::string sealed,
                   file_.Read(segment * kSealedSegmentBytes, kSealedSegmentBytes));
  ASSIGN_OR_RETURN(std::string plain, AeadOpen(data_key_, SegmentContext(segment, last), sealed));
  plain.erase(0, offset % kSegmentBytes);
  return plain;
}

absl::Status RemoveObject(const std::string& folder, const std::string& name) {
  return base::RemoveFile(PathOf(folder, name));
}

bool HasObject(const std::string& folder, const std::string& name) {
  return base::Exists(PathOf(folder, name));
}

absl::Status RemoveOtherObjects(const std::string& folder, const std::set<std::string>& names) {
  ASSIGN_OR_RETURN(const std::vector<std::string> found, base::ListFolder(folder));
  for (const std::string& name : found)
    if (names.count(name) == 0) RETURN_IF_ERROR(RemoveObject(folder, name));
  return absl::OkStatus();
}

}  // namespace passerelle::gateway::vault
