#include "gateway/vault/vault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <random>
#include <set>

#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"
#include "tests/unit/gateway/vault/fixture.h"

namespace passerelle::gateway::vault {
namespace {

using base::CommitmentKind;
using record::v1::Attachment;

constexpr Position kFirst{5, 0, 0};
constexpr Position kSecond{5, 0, 1};

TEST_F(VaultTest, GivesBackWhatWasStoredAlsoAfterRestart) {
  const std::string sizes[] = {"", "a", std::string(1024, 'x'), random_.Bytes(300'000)};
  std::vector<Attachment> contents;
  std::vector<Placed> rows;
  for (const std::string& bytes : sizes) {
    contents.push_back(Content(CommitmentKind::kPayload, bytes));
    rows.push_back(Place({7, 0, static_cast<uint32_t>(rows.size())}, contents.back()));
  }
  Store(rows);
  for (int run = 0; run < 2; ++run) {
    for (size_t i = 0; i < rows.size(); ++i) {
      const auto read = vault_->Read(rows[i].position, CommitmentOf(contents[i]));
      ASSERT_TRUE(read.ok()) << read.status();
      EXPECT_EQ(read->SerializeAsString(), contents[i].SerializeAsString());
    }
    Reopen();
  }
}

TEST_F(VaultTest, KeepsPositionsApartUpToTheirBounds) {
  const uint64_t last_index = (uint64_t{1} << 43) - 1;
  const Position positions[] = {
      {0, 0, 0},    {0, 0, 1},    {0, 1, 0},          {1, 0, 0},
      {0, 1023, 0}, {0, 0, 1023}, {last_index, 0, 0}, {last_index, 1023, 1023}};
  std::vector<Attachment> contents;
  for (const Position& position : positions) {
    contents.push_back(Content(CommitmentKind::kDocument, random_.Bytes(40)));
    Store({Place(position, contents.back(), RecordClass::kDecisionFile)});
  }
  for (size_t i = 0; i < contents.size(); ++i) {
    EXPECT_EQ(vault_->Read(positions[i], CommitmentOf(contents[i]))->content(),
              contents[i].content());
    EXPECT_EQ(*vault_->FindDocument(CommitmentOf(contents[i])), positions[i]);
  }
}

TEST_F(VaultTest, RefusesPositionsOutOfBoundsAndStoresNothing) {
  const Placed good = Place(kFirst, Content(CommitmentKind::kPayload, "x"));
  for (const Position& position :
       {Position{uint64_t{1} << 43, 0, 0}, Position{0, 1024, 0}, Position{0, 0, 1024}}) {
    Placed bad = good;
    bad.position = position;
    EXPECT_EQ(base::ReasonOf(vault_->Commit({good, bad}, {})), "POSITION");
    EXPECT_EQ(base::ReasonOf(vault_->FindMissing({position}).status()), "POSITION");
    EXPECT_FALSE(Has(kFirst));
  }
}

TEST_F(VaultTest, RefusesToSealMalformedContent) {
  const Attachment good = Content(CommitmentKind::kPayload, "x");
  Attachment bad = good;
  bad.mutable_commitment()->pop_back();
  EXPECT_EQ(base::PathOf(vault_->Seal(RecordClass::kTransitPayload, bad).status()), "commitment");
  bad = good;
  bad.mutable_nonce()->push_back('x');
  EXPECT_EQ(base::PathOf(vault_->Seal(RecordClass::kTransitPayload, bad).status()), "nonce");
  bad = good;
  bad.set_media_type(std::string(256, 'm'));
  EXPECT_EQ(base::PathOf(vault_->Seal(RecordClass::kTransitPayload, bad).status()), "media_type");
  bad = good;
  bad.set_content(std::string(base::kMaxAttachmentsBytes + 1, 'c'));
  EXPECT_EQ(base::PathOf(vault_->Seal(RecordClass::kTransitPayload, bad).status()), "content");
}

TEST_F(VaultTest, SealsEveryItemUnderAKeyOfItsOwn) {
  const Attachment content = Content(CommitmentKind::kPayload, std::string(64, 'x'));
  const Placed a = Place(kFirst, content);
  const Placed b = Place(kSecond, content);
  EXPECT_NE(a.sealed.wrapped_key, b.sealed.wrapped_key);
  EXPECT_NE(a.sealed.ciphertext.substr(12), b.sealed.ciphertext.substr(12));
  // The data key of one does not open the other, under the very same commitment and class.
  Placed mixed = a;
  mixed.sealed.wrapped_key = b.sealed.wrapped_key;
  Store({mixed});
  EXPECT_EQ(vault_->Read(kFirst, CommitmentOf(content)).status().code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(VaultTest, ReadsNothingUnderAnotherCommitment) {
  Store({Place(kFirst, Content(CommitmentKind::kPayload, "mine"))});
  const Attachment other = Content(CommitmentKind::kPayload, "another");
  EXPECT_EQ(vault_->Read(kFirst, CommitmentOf(other)).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(VaultTest, ReadsNothingThatDoesNotOpenItsCommitment) {
  Attachment forged = Content(CommitmentKind::kPayload, "true");
  forged.set_content("false");
  Attachment renonced = Content(CommitmentKind::kPayload, "true");
  renonced.set_nonce(random_.Bytes(32));
  // A document's commitment in the row of a payload.
  const Attachment confused = Content(CommitmentKind::kDocument, "true");
  uint32_t slot = 0;
  for (const Attachment& content : {forged, renonced, confused}) {
    const Position position{9, 0, slot++};
    Store({Place(position, content)});
    EXPECT_EQ(base::ReasonOf(vault_->Read(position, CommitmentOf(content)).status()),
              "NOT_OPENING");
  }
}

TEST_F(VaultTest, RefusesEveryAlteredColumn) {
  const Attachment content = Content(CommitmentKind::kDocument, std::string(100, 'x'));
  const char* const alterations[] = {
      "UPDATE items SET class = 1",
      "UPDATE items SET class = 3",
      "UPDATE items SET class = 258",
      "UPDATE items SET ciphertext = substr(ciphertext, 1, 27)",
      "UPDATE items SET ciphertext = x''",
      "UPDATE items SET wrapped = x''",
      "UPDATE items SET ciphertext = CAST(ciphertext || x'00' AS BLOB)",
      "UPDATE items SET wrapped = CAST(wrapped || x'00' AS BLOB)",
  };
  uint64_t index = 0;
  for (const char* sql : alterations) {
    Store({Place({++index, 0, 0}, content, RecordClass::kDecisionFile)});
    ASSERT_TRUE(vault_->Read({index, 0, 0}, CommitmentOf(content)).ok());
    Tamper(sql);
    EXPECT_EQ(vault_->Read({index, 0, 0}, CommitmentOf(content)).status().code(),
              absl::StatusCode::kDataLoss)
        << sql;
  }
}

TEST_F(VaultTest, RefusesEveryFlippedBitOfKeyAndCiphertext) {
  const Attachment content = Content(CommitmentKind::kPayload, "short");
  const Placed good = Place({0, 0, 0}, content);
  std::vector<Placed> rows;
  const auto add_flips = [&](std::string Sealed::*part) {
    for (size_t byte = 0; byte < (good.sealed.*part).size(); ++byte) {
      Placed bad = good;
      (bad.sealed.*part)[byte] ^= static_cast<char>(1 << (byte % 8));
      bad.position = {1 + rows.size(), 0, 0};
      rows.push_back(bad);
    }
  };
  add_flips(&Sealed::wrapped_key);
  add_flips(&Sealed::ciphertext);
  Store({good});
  Store(rows);
  EXPECT_TRUE(vault_->Read(good.position, CommitmentOf(content)).ok());
  for (const Placed& row : rows)
    EXPECT_EQ(vault_->Read(row.position, CommitmentOf(content)).status().code(),
              absl::StatusCode::kDataLoss);
}

TEST_F(VaultTest, RefusesRowsThatChangedPlaces) {
  const Attachment a = Content(CommitmentKind::kPayload, "for a");
  const Attachment b = Content(CommitmentKind::kPayload, "for b");
  Store({Place({1, 0, 0}, a), Place({2, 0, 0}, b)});
  Tamper(
      "UPDATE items SET place = -1 WHERE place = 1 << 20;"
      "UPDATE items SET place = 1 << 20 WHERE place = 2 << 20;"
      "UPDATE items SET place = 2 << 20 WHERE place = -1");
  EXPECT_EQ(vault_->Read({1, 0, 0}, CommitmentOf(a)).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(vault_->Read({2, 0, 0}, CommitmentOf(b)).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(VaultTest, FindsTheFirstDocumentAndNoPayload) {
  const Attachment document = Content(CommitmentKind::kDocument, "deed");
  const Attachment payload = Content(CommitmentKind::kPayload, "cells");
  Store({Place({4, 1, 2}, document, RecordClass::kDecisionFile),
         Place({3, 2, 9}, document, RecordClass::kDecisionFile), Place(kFirst, payload)});
  EXPECT_EQ(*vault_->FindDocument(CommitmentOf(document)), (Position{3, 2, 9}));
  EXPECT_EQ(vault_->FindDocument(CommitmentOf(payload)).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(VaultTest, NamesTheFirstOfManyPositionsThatIsMissing) {
  EXPECT_EQ(*vault_->FindMissing({}), std::nullopt);
  std::mt19937 random(20240603);
  const Attachment content = Content(CommitmentKind::kPayload, "cells");
  std::vector<Position> all;
  std::set<Position> stored;
  std::vector<Placed> rows;
  for (uint64_t index = 0; index < 40; ++index)
    for (uint32_t ordinal = 0; ordinal < 2; ++ordinal)
      for (uint32_t slot = 0; slot < 2; ++slot) all.push_back({index, ordinal, slot});
  for (const Position& position : all)
    if (random() % 8 != 0 && stored.insert(position).second)
      rows.push_back(Place(position, content));
  Store(rows);
  int missing = 0;
  for (int round = 0; round < 200; ++round) {
    std::vector<Position> demanded;
    for (const Position& position : all)
      if (random() % 20 == 0) demanded.push_back(position);
    const auto first = std::find_if(demanded.begin(), demanded.end(),
                                    [&](const Position& one) { return stored.count(one) == 0; });
    const absl::StatusOr<std::optional<Position>> found = vault_->FindMissing(demanded);
    ASSERT_TRUE(found.ok()) << found.status();
    ASSERT_EQ(*found, first == demanded.end() ? std::nullopt : std::optional<Position>(*first));
    missing += found->has_value() ? 1 : 0;
  }
  EXPECT_GT(missing, 0);
  EXPECT_LT(missing, 200);
}

TEST_F(VaultTest, SweepsWhatLiesAtOrBeyondTheHead) {
  const Attachment content = Content(CommitmentKind::kPayload, "cells");
  Store({Place({9, 0, 0}, content), Place({10, 0, 0}, content), Place({11, 3, 1}, content)},
        {{base::Sha256("kept"), 9, "salt", "kept", 5000},
         {base::Sha256("swept"), 10, "salt", "swept", 5000}});
  ASSERT_TRUE(vault_->Sweep(10).ok());
  EXPECT_TRUE(Has({9, 0, 0}));
  EXPECT_FALSE(Has({10, 0, 0}));
  EXPECT_FALSE(Has({11, 3, 1}));
  EXPECT_TRUE((*vault_->FindRefused(base::Sha256("kept"))).has_value());
  EXPECT_FALSE((*vault_->FindRefused(base::Sha256("swept"))).has_value());
  ASSERT_TRUE(vault_->Sweep(0).ok());
  EXPECT_FALSE(Has({9, 0, 0}));
  EXPECT_TRUE(vault_->Sweep(0).ok());
}

TEST_F(VaultTest, KeepsARefusalUntilItExpires) {
  const base::Digest digest = base::Sha256("statement");
  const std::string salt = random_.Bytes(32);
  Store({}, {{digest, 12, salt, "envelope", 1000}});
  EXPECT_FALSE((*vault_->FindRefused(base::Sha256("other"))).has_value());
  ASSERT_TRUE(vault_->Expire(1000).ok());
  Reopen();
  const auto found = *vault_->FindRefused(digest);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->digest, digest);
  EXPECT_EQ(found->index, 12u);
  EXPECT_EQ(found->salt, salt);
  EXPECT_EQ(found->envelope, "envelope");
  EXPECT_EQ(found->expires_ms, 1000);
  ASSERT_TRUE(vault_->Expire(1001).ok());
  EXPECT_FALSE((*vault_->FindRefused(digest)).has_value());
}

TEST_F(VaultTest, RefusesARefusalMovedToAnotherEntry) {
  const base::Digest digest = base::Sha256("statement");
  Store({}, {{digest, 12, "salt", "envelope", 1000}});
  Tamper("UPDATE refused SET entry = 13");
  EXPECT_EQ(vault_->FindRefused(digest).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(VaultTest, ExpiresOnlyWhatHasATermThatIsPast) {
  const Attachment reader = Content(CommitmentKind::kReader, "synthetic agent");
  const Attachment deed = Content(CommitmentKind::kDocument, "deed");
  Placed early = Place({1, 0, 0}, reader, RecordClass::kIncidentalPerson);
  Placed late = Place({2, 0, 0}, reader, RecordClass::kIncidentalPerson);
  early.expires_ms = 1000;
  late.expires_ms = 2000;
  Store({early, late, Place({3, 0, 0}, deed, RecordClass::kDecisionFile)});
  ASSERT_TRUE(vault_->Expire(1500).ok());
  EXPECT_FALSE(Has({1, 0, 0}));
  EXPECT_EQ(vault_->Read({2, 0, 0}, CommitmentOf(reader))->content(), "synthetic agent");
  ASSERT_TRUE(vault_->Expire(int64_t{1} << 60).ok());
  EXPECT_FALSE(Has({2, 0, 0}));
  EXPECT_TRUE(Has({3, 0, 0}));
}

TEST_F(VaultTest, SaysThatContentIsErased) {
  EXPECT_EQ(base::ReasonOf(vault_->Read(kFirst, base::Sha256("x")).status()), "CONTENT_ERASED");
  EXPECT_FALSE(Has(kFirst));
}

TEST_F(VaultTest, StoresAGroupWholeOrNotAtAll) {
  const Attachment content = Content(CommitmentKind::kPayload, "cells");
  Store({Place(kSecond, content)});
  // The second row's place is taken.
  EXPECT_EQ(vault_->Commit({Place(kFirst, content), Place(kSecond, content)}, {}).code(),
            absl::StatusCode::kAborted);
  EXPECT_FALSE(Has(kFirst));
  EXPECT_TRUE(vault_->Read(kSecond, CommitmentOf(content)).ok());
}

TEST_F(VaultTest, EveryFileIsPrivate) {
  const mode_t before = umask(0);
  Folder folder;
  auto vault = *Vault::Open(folder.path(), *keyring_, random_);
  ASSERT_TRUE(vault->Commit({Place(kFirst, Content(CommitmentKind::kPayload, "x"))}, {}).ok());
  const auto names = *base::ListFolder(folder.path());
  umask(before);
  EXPECT_THAT(names, testing::ElementsAre("objects", "vault.db", "vault.db-shm", "vault.db-wal"));
  for (const std::string& name : names)
    EXPECT_EQ(*base::PermissionsOf(folder.File(name)), name == "objects" ? 0700 : 0600) << name;
}

TEST_F(VaultTest, RefusesADatabaseOthersMayRead) {
  vault_ = nullptr;
  ASSERT_EQ(chmod(data_.File("vault.db").c_str(), 0640), 0);
  EXPECT_EQ(base::ReasonOf(Vault::Open(data_.path(), *keyring_, random_).status()),
            "VAULT_PERMISSIONS");
}

TEST_F(VaultTest, RefusesAFileThatIsNotItsOwn) {
  vault_ = nullptr;
  Folder other;
  ASSERT_TRUE(
      base::WriteFile(other.File("vault.db"), std::string(8192, 'z'), base::FileMode::kPrivate)
          .ok());
  EXPECT_EQ(Vault::Open(other.path(), *keyring_, random_).status().code(),
            absl::StatusCode::kDataLoss);
  Tamper("PRAGMA application_id=1; UPDATE erasure SET unfinished = 0");
  EXPECT_EQ(base::ReasonOf(Vault::Open(data_.path(), *keyring_, random_).status()),
            "VAULT_FOREIGN");
}

TEST_F(VaultTest, RefusesANewerVersion) {
  vault_ = nullptr;
  Tamper("PRAGMA user_version=4; UPDATE erasure SET unfinished = 0");
  EXPECT_EQ(base::ReasonOf(Vault::Open(data_.path(), *keyring_, random_).status()),
            "VAULT_VERSION");
}

TEST_F(VaultTest, SaysWhichEpochIsDestroyed) {
  const Attachment content = Content(CommitmentKind::kDocument, "deed");
  const base::Digest refused = base::Sha256("refused");
  Store({Place(kFirst, content, RecordClass::kDecisionFile)}, {{refused, 6, "salt", "bytes", 9}});
  // An empty file marks an epoch as destroyed.
  ASSERT_TRUE(base::WriteFile(keys_.File("kek-1"), "", base::FileMode::kPrivate).ok());
  Reopen();
  const absl::Status status = vault_->Read(kFirst, CommitmentOf(content)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(base::ReasonOf(status), "KEK_EPOCH");
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("epoch 1"));
  EXPECT_EQ(base::ReasonOf(vault_->FindRefused(refused).status()), "KEK_EPOCH");
  Store({Place(kSecond, content, RecordClass::kDecisionFile)});
  EXPECT_TRUE(vault_->Read(kSecond, CommitmentOf(content)).ok());
}

TEST_F(VaultTest, ReadsOldEpochsBesideTheCurrentOne) {
  const Attachment content = Content(CommitmentKind::kDocument, "deed");
  Store({Place(kFirst, content, RecordClass::kDecisionFile)});
  ASSERT_TRUE(
      base::WriteFile(keys_.File("kek-2"), random_.Bytes(32), base::FileMode::kPrivate).ok());
  Reopen();
  const Placed second = Place(kSecond, content, RecordClass::kDecisionFile);
  EXPECT_EQ(second.sealed.epoch, 2u);
  Store({second});
  EXPECT_TRUE(vault_->Read(kFirst, CommitmentOf(content)).ok());
  EXPECT_TRUE(vault_->Read(kSecond, CommitmentOf(content)).ok());
}

TEST_F(VaultTest, IsNotOpenedWithoutTheKeyOfWhatItStores) {
  Store({Place({1, 0, 0}, Content(base::CommitmentKind::kDocument, "reasons"),
               RecordClass::kDecisionFile)});
  // A payload says nothing of the content to which its key is bound.
  ASSERT_TRUE(
      base::WriteFile(keys_.File("kek-2"), random_.Bytes(32), base::FileMode::kPrivate).ok());
  Reopen();
  Store({Place({2, 0, 0}, Content(base::CommitmentKind::kPayload, "figures"))});
  ASSERT_EQ(unlink(keys_.File("kek-2").c_str()), 0);
  EXPECT_EQ(base::ReasonOf(TryReopen()), "KEK_EPOCH");
  // A destroyed one is another matter.
  ASSERT_TRUE(base::WriteFile(keys_.File("kek-2"), "", base::FileMode::kPrivate).ok());
  EXPECT_TRUE(TryReopen().ok());
  EXPECT_EQ(keyring_->current_epoch(), 3u);
}

TEST_F(VaultTest, IsNotOpenedUnderAnotherKey) {
  const record::v1::Attachment content = Content(base::CommitmentKind::kDocument, "reasons");
  Store({Place({1, 0, 0}, content, RecordClass::kDecisionFile)});
  const std::string key = *base::ReadFile(keys_.File("kek-1"), 100);
  ASSERT_TRUE(
      base::WriteFile(keys_.File("kek-1"), random_.Bytes(32), base::FileMode::kPrivate).ok());
  EXPECT_EQ(base::ReasonOf(TryReopen()), "KEK_WRONG");
  ASSERT_TRUE(base::WriteFile(keys_.File("kek-1"), key, base::FileMode::kPrivate).ok());
  ASSERT_TRUE(TryReopen().ok());
  EXPECT_TRUE(vault_->Read({1, 0, 0}, CommitmentOf(content)).ok());
}

TEST_F(VaultTest, IsNotOpenedUnderAnotherKeyWhenItKeepsRefusalsAlone) {
  RefusedStatement refused;
  refused.digest = base::Sha256("statement");
  refused.index = 1;
  refused.salt = random_.Bytes(32);
  refused.envelope = "envelope";
  refused.expires_ms = 5;
  Store({}, {refused});
  ASSERT_TRUE(
      base::WriteFile(keys_.File("kek-1"), random_.Bytes(32), base::FileMode::kPrivate).ok());
  EXPECT_EQ(base::ReasonOf(TryReopen()), "KEK_WRONG");
}

TEST_F(VaultTest, TellsWhenSomethingExpiresNext) {
  EXPECT_EQ(*vault_->NextExpiry(), std::nullopt);
  Store({Place({1, 0, 0}, Content(base::CommitmentKind::kPayload, "never"))});
  EXPECT_EQ(*vault_->NextExpiry(), std::nullopt);
  RefusedStatement refused{base::Sha256("statement"), 2, random_.Bytes(32), "envelope", 700};
  Store({}, {refused});
  EXPECT_EQ(*vault_->NextExpiry(), 700);
  Placed person = Place({3, 0, 0}, Content(base::CommitmentKind::kReader, "agent"),
                        RecordClass::kIncidentalPerson);
  person.expires_ms = 500;
  Store({person});
  EXPECT_EQ(*vault_->NextExpiry(), 500);
  ASSERT_TRUE(vault_->Expire(501).ok());
  EXPECT_EQ(*vault_->NextExpiry(), 700);
}

}  // namespace
}  // namespace passerelle::gateway::vault
