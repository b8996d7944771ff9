#include "gateway/vault/vault.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/vault/open_contents.h"
#include "gateway/vault/sealing.h"
#include "gateway/vault/sealing_writer.h"
#include "gateway/vault/store.h"

namespace passerelle::gateway::vault {
namespace {

constexpr int64_t kEnd = std::numeric_limits<int64_t>::max();

// Reads through a slot that an erasure revokes.
class SlotReader final : public ContentReader {
 public:
  SlotReader(ContentHead head, std::shared_ptr<OpenContents::Slot> slot)
      : head_(std::move(head)), slot_(std::move(slot)) {}

  const ContentHead& head() const override { return head_; }
  absl::StatusOr<std::string> Read(uint64_t offset) override { return slot_->Read(offset); }

 private:
  const ContentHead head_;
  const std::shared_ptr<OpenContents::Slot> slot_;
};

// Encrypts above, stores below.
class SealingVault final : public Vault {
 public:
  SealingVault(const Keyring& keyring, base::Random& random, std::string objects,
               std::unique_ptr<Store> store)
      : keyring_(keyring),
        random_(random),
        objects_(std::move(objects)),
        store_(std::move(store)) {}

  absl::StatusOr<Sealed> Seal(RecordClass record_class,
                              const record::v1::Attachment& content) override {
    ASSIGN_OR_RETURN(Ciphertext made, SealItem(keyring_, random_, record_class, content));
    ASSIGN_OR_RETURN(const base::Digest commitment, base::DigestFromBytes(content.commitment()));
    return Sealed{record_class,          commitment, made.epoch, std::move(made.wrapped_key),
                  std::move(made.bytes), nullptr};
  }

  absl::StatusOr<std::unique_ptr<ContentWriter>> Begin(RecordClass record_class,
                                                       uint64_t length) override {
    return SealingWriter::Begin(objects_, keyring_, random_, record_class, length, reservations_);
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
    if (status.ok())
      for (const Placed& row : rows)
        if (row.sealed.object != nullptr) row.sealed.object->Keep();
    if (status.ok() || status.code() == absl::StatusCode::kResourceExhausted) return status;
    return base::Error(absl::StatusCode::kAborted, base::ReasonOf(status), "",
                       base::Std(status.message()));
  }

  absl::StatusOr<record::v1::Attachment> Read(const Position& position,
                                              const base::Digest& commitment) const override {
    ASSIGN_OR_RETURN(const std::unique_ptr<ContentReader> content,
                     OpenContent(position, commitment));
    if (content->head().length > base::kMaxUnaryPayloadBytes)
      return base::Error(absl::StatusCode::kOutOfRange, "CONTENT_STREAMED", "",
                         "the content is too long for one answer; download it");
    return ReadWhole(*content);
  }

  absl::StatusOr<std::unique_ptr<ContentReader>> OpenContent(
      const Position& position, const base::Digest& commitment) const override {
    ASSIGN_OR_RETURN(const int64_t place, PlaceOf(position));
    std::shared_ptr<OpenContents::Slot> slot = open_.Add(place);
    ASSIGN_OR_RETURN(const StoredItem item, store_->ReadItem(place));
    ContentHead head;
    if (item.object.empty()) {
      ASSIGN_OR_RETURN(record::v1::Attachment opened,
                       OpenItem(keyring_, item.record_class, commitment, item.ciphertext));
      head = {commitment, opened.nonce(), opened.media_type(), opened.content().size()};
      slot->Set([content = std::move(*opened.mutable_content())](uint64_t offset) {
        return content.substr(std::min<uint64_t>(offset, content.size()), base::kStreamChunkBytes);
      });
    } else {
      ASSIGN_OR_RETURN(OpenedObject opened, OpenObject(item, commitment));
      head = std::move(opened.head);
      slot->Set(
          [reader = std::move(opened.reader)](uint64_t offset) { return reader->Read(offset); });
    }
    return std::make_unique<SlotReader>(std::move(head), std::move(slot));
  }

  absl::StatusOr<uint64_t> StreamedLength(const Position& position,
                                          const base::Digest& commitment) const override {
    ASSIGN_OR_RETURN(const int64_t place, PlaceOf(position));
    ASSIGN_OR_RETURN(const std::optional<std::string> object, store_->FindObject(place));
    if (!object.has_value() || object->empty()) return 0;
    ASSIGN_OR_RETURN(const StoredItem item, store_->ReadItem(place));
    ASSIGN_OR_RETURN(const OpenedHead opened, OpenHead(keyring_, item.record_class, commitment,
                                                       item.object, item.ciphertext));
    return opened.head.length;
  }

  absl::StatusOr<Position> FindDocument(const base::Digest& commitment) const override {
    ASSIGN_OR_RETURN(const int64_t place, store_->FindDocument(commitment));
    return PositionOf(place);
  }

  absl::StatusOr<std::optional<Position>> FindMissing(
      absl::Span<const Position> demanded) const override {
    std::vector<int64_t> places;
    places.reserve(demanded.size());
    for (const Position& position : demanded) {
      ASSIGN_OR_RETURN(const int64_t place, PlaceOf(position));
      places.push_back(place);
    }
    if (places.empty()) return std::nullopt;
    size_t next = 0;
    RETURN_IF_ERROR(store_->VisitPlaces(
        {places.front(), places.back()}, [&](int64_t place, std::string_view object) {
          if (place < places[next]) return true;
          if (place > places[next] ||
              (!object.empty() && !HasObject(objects_, std::string(object))))
            return false;
          return ++next < places.size();
        }));
    if (next == places.size()) return std::nullopt;
    return demanded[next];
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
    return Destroy({Doomed::By::kPosition, {first, first + kSlots - 1}, {}});
  }

  absl::Status Sweep(uint64_t size) override {
    ASSIGN_OR_RETURN(const int64_t first, PlaceOf({size, 0, 0}));
    return Destroy({Doomed::By::kPosition, {first, kEnd}, {static_cast<int64_t>(size), kEnd}});
  }

  absl::Status Expire(int64_t now_ms) override {
    // Zero stands for never, and the instant itself still belongs to the term.
    const Range past{1, now_ms - 1};
    return Destroy({Doomed::By::kExpiry, past, past});
  }

  absl::StatusOr<std::optional<int64_t>> NextExpiry() const override {
    return store_->NextExpiry();
  }

 private:
  struct OpenedObject {
    ContentHead head;
    std::shared_ptr<const ObjectReader> reader;
  };

  absl::StatusOr<OpenedObject> OpenObject(const StoredItem& item,
                                          const base::Digest& commitment) const {
    ASSIGN_OR_RETURN(OpenedHead opened, OpenHead(keyring_, item.record_class, commitment,
                                                 item.object, item.ciphertext));
    absl::StatusOr<ObjectReader> reader =
        ObjectReader::Open(objects_, item.object, std::move(opened.data_key), opened.head.length);
    // Its row is about to go too.
    if (absl::IsNotFound(reader.status()))
      return base::Error(absl::StatusCode::kNotFound, "CONTENT_ERASED", "",
                         "the content is being erased");
    RETURN_IF_ERROR(reader.status());
    return OpenedObject{std::move(opened.head),
                        std::make_shared<const ObjectReader>(*std::move(reader))};
  }

  // Objects first: a row that names none any more is found and destroyed again after a crash, an
  // object that no row names would be found only at the next start. Then nobody reads on.
  absl::Status Destroy(const Doomed& doomed) {
    ASSIGN_OR_RETURN(const std::set<std::string> objects, store_->ListObjects(doomed));
    for (const std::string& object : objects) RETURN_IF_ERROR(RemoveObject(objects_, object));
    RETURN_IF_ERROR(store_->Erase(doomed));
    // What expires by time is no content that anybody reads in pieces.
    if (doomed.by == Doomed::By::kPosition) open_.Revoke(doomed.items.first, doomed.items.last);
    return absl::OkStatus();
  }

  const Keyring& keyring_;
  base::Random& random_;
  // The folder of large contents.
  const std::string objects_;
  const std::unique_ptr<Store> store_;
  Reservations reservations_;
  mutable OpenContents open_;
};

}  // namespace

namespace {

// Content that is sealed under a wrong key would be lost as soon as the right one comes back.
absl::Status CheckKeys(Store& store, const Keyring& keyring) {
  ASSIGN_OR_RETURN(const std::vector<WrappedKey> samples, store.SampleKeys());
  std::map<uint32_t, bool> opened;
  for (const WrappedKey& sample : samples) {
    if (keyring.IsDestroyed(sample.epoch)) continue;
    const absl::Status status = keyring.Unwrap(sample.epoch, sample.wrapped, sample.name).status();
    if (absl::IsNotFound(status))
      return base::Error(absl::StatusCode::kFailedPrecondition, "KEK_EPOCH", "",
                         absl::StrCat("keys/kek-", sample.epoch,
                                      ": the key-encryption key is missing; put it back"));
    if (!sample.name.empty()) opened[sample.epoch] = opened[sample.epoch] || status.ok();
  }
  for (const auto& [epoch, ok] : opened)
    if (!ok)
      return base::Error(
          absl::StatusCode::kFailedPrecondition, "KEK_WRONG", "",
          absl::StrCat("keys/kek-", epoch,
                       ": is not the key of what is stored; put the right one back"));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Vault>> Vault::Open(const std::string& folder,
                                                   const Keyring& keyring, base::Random& random) {
  const std::string objects = folder + "/objects";
  RETURN_IF_ERROR(base::MakeFolder(objects, base::FileMode::kPrivate));
  ASSIGN_OR_RETURN(std::unique_ptr<Store> store, Store::Open(folder + "/vault.db"));
  RETURN_IF_ERROR(CheckKeys(*store, keyring));
  ASSIGN_OR_RETURN(const std::set<std::string> named, store->ListObjects());
  RETURN_IF_ERROR(RemoveOtherObjects(objects, named));
  return std::make_unique<SealingVault>(keyring, random, objects, std::move(store));
}

}  // namespace passerelle::gateway::vault
