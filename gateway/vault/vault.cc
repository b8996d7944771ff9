#include "gateway/vault/vault.h"

#include <limits>
#include <utility>

#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/vault/sealing.h"
#include "gateway/vault/store.h"

namespace passerelle::gateway::vault {
namespace {

constexpr int64_t kEnd = std::numeric_limits<int64_t>::max();

// Encrypts above, stores below.
class SealingVault final : public Vault {
 public:
  SealingVault(const Keyring& keyring, base::Random& random, std::unique_ptr<Store> store)
      : keyring_(keyring), random_(random), store_(std::move(store)) {}

  absl::StatusOr<Sealed> Seal(RecordClass record_class,
                              const record::v1::Attachment& content) override {
    ASSIGN_OR_RETURN(Ciphertext made, SealItem(keyring_, random_, record_class, content));
    ASSIGN_OR_RETURN(const base::Digest commitment, base::DigestFromBytes(content.commitment()));
    return Sealed{record_class, commitment, made.epoch, std::move(made.wrapped_key),
                  std::move(made.bytes)};
  }

  absl::Status Commit(absl::Span<const Placed> rows,
                      absl::Span<const RefusedStatement> refused) override {
    std::vector<StoredRefusal> sealed;
    sealed.reserve(refused.size());
    for (const RefusedStatement& statement : refused) {
      ASSIGN_OR_RETURN(Ciphertext made, SealRefused(keyring_, random_, statement));
      sealed.push_back(
          {{statement.digest, statement.index, "", "", statement.expires_ms}, std::move(made)});
    }
    for (const Placed& row : rows) RETURN_IF_ERROR(PlaceOf(row.position).status());
    if (rows.empty() && sealed.empty()) return absl::OkStatus();
    absl::Status status = store_->Commit(rows, sealed);
    if (status.ok() || status.code() == absl::StatusCode::kResourceExhausted) return status;
    return base::Error(absl::StatusCode::kAborted, base::ReasonOf(status), "",
                       base::Std(status.message()));
  }

  absl::StatusOr<record::v1::Attachment> Read(const Position& position,
                                              const base::Digest& commitment) const override {
    ASSIGN_OR_RETURN(const int64_t place, PlaceOf(position));
    ASSIGN_OR_RETURN(const StoredItem item, store_->ReadItem(place));
    return OpenItem(keyring_, item.record_class, commitment, item.ciphertext);
  }

  absl::StatusOr<Position> FindDocument(const base::Digest& commitment) const override {
    ASSIGN_OR_RETURN(const int64_t place, store_->FindDocument(commitment));
    return PositionOf(place);
  }

  absl::StatusOr<bool> Has(const Position& position) const override {
    ASSIGN_OR_RETURN(const int64_t place, PlaceOf(position));
    return store_->Has(place);
  }

  absl::StatusOr<std::optional<RefusedStatement>> FindRefused(
      const base::Digest& digest) const override {
    ASSIGN_OR_RETURN(std::optional<StoredRefusal> found, store_->FindRefused(digest));
    if (!found.has_value()) return std::nullopt;
    RETURN_IF_ERROR(OpenRefused(keyring_, found->ciphertext, found->statement));
    return std::move(found->statement);
  }

  absl::Status Shred(uint64_t index, uint32_t ordinal) override {
    ASSIGN_OR_RETURN(const int64_t first, PlaceOf({index, ordinal, 0}));
    return store_->Erase({Doomed::By::kPosition, {first, first + kSlots - 1}, {}});
  }

  absl::Status Sweep(uint64_t size) override {
    ASSIGN_OR_RETURN(const int64_t first, PlaceOf({size, 0, 0}));
    return store_->Erase(
        {Doomed::By::kPosition, {first, kEnd}, {static_cast<int64_t>(size), kEnd}});
  }

  absl::Status Expire(int64_t now_ms) override {
    // Zero stands for never, and the instant itself still belongs to the term.
    const Range past{1, now_ms - 1};
    return store_->Erase({Doomed::By::kExpiry, past, past});
  }

 private:
  const Keyring& keyring_;
  base::Random& random_;
  const std::unique_ptr<Store> store_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Vault>> Vault::Open(const std::string& path, const Keyring& keyring,
                                                   base::Random& random) {
  ASSIGN_OR_RETURN(std::unique_ptr<Store> store, Store::Open(path));
  return std::make_unique<SealingVault>(keyring, random, std::move(store));
}

}  // namespace passerelle::gateway::vault
