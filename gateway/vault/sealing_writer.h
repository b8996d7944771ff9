// Content on its way into an object file, and the room that is kept for it.
#ifndef PASSERELLE_GATEWAY_VAULT_SEALING_WRITER_H_
#define PASSERELLE_GATEWAY_VAULT_SEALING_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/base/mutex.h"
#include "gateway/base/random.h"
#include "gateway/vault/content.h"
#include "gateway/vault/keyring.h"
#include "gateway/vault/objects.h"
#include "gateway/vault/vault.h"

namespace passerelle::gateway::vault {

// Space that contents on their way in will still need. Thread-safe.
class Reservations {
 public:
  // RESOURCE_EXHAUSTED (DISK_FULL) when `bytes` and what the log needs are not free in `folder`.
  absl::Status Take(const std::string& folder, uint64_t bytes) EXCLUDES_LOCK(mutex_);
  void Give(uint64_t bytes) EXCLUDES_LOCK(mutex_);

 private:
  base::Mutex mutex_;
  uint64_t taken_ GUARDED_BY(mutex_) = 0;
};

// See ContentWriter. Thread-compatible.
class SealingWriter final : public ContentWriter {
 public:
  // Begins an object for `length` bytes of plaintext. Everything must outlive the writer.
  static absl::StatusOr<std::unique_ptr<ContentWriter>> Begin(
      const std::string& folder, const Keyring& keyring, base::Random& random,
      RecordClass record_class, uint64_t length, Reservations& reservations);
  ~SealingWriter() override { reservations_.Give(reserved_); }

  absl::Status Append(std::string_view bytes) override;
  absl::StatusOr<Sealed> Finish(base::CommitmentKind kind, const ContentHead& head) override;

 private:
  SealingWriter(ObjectWriter object, const Keyring& keyring, base::Random& random,
                RecordClass record_class, uint64_t reserved, Reservations& reservations)
      : object_(std::move(object)),
        keyring_(keyring),
        random_(random),
        record_class_(record_class),
        reserved_(reserved),
        reservations_(reservations) {}

  ObjectWriter object_;
  const Keyring& keyring_;
  base::Random& random_;
  const RecordClass record_class_;
  // What of the reservation is not written yet.
  uint64_t reserved_;
  Reservations& reservations_;
};

}  // namespace passerelle::gateway::vault

#endif  // PASSERELLE_GATEWAY_VAULT_SEALING_WRITER_H_
