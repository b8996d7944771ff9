// What the tests of the vault share: a folder of its own, synthetic content, a look at every byte.
#ifndef PASSERELLE_TESTS_UNIT_GATEWAY_VAULT_FIXTURE_H_
#define PASSERELLE_TESTS_UNIT_GATEWAY_VAULT_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "gateway/base/commitment.h"
#include "gateway/vault/keyring.h"
#include "gateway/vault/vault.h"
#include "tests/support/fakes.h"

namespace passerelle::gateway::vault {

// A fresh folder, removed at the end. Thread-compatible.
class Folder {
 public:
  Folder();
  ~Folder();
  const std::string& path() const { return path_; }
  std::string File(std::string_view name) const { return path_ + "/" + std::string(name); }

  // Names of the files of the folder and below that hold `bytes`.
  std::vector<std::string> Holding(std::string_view bytes) const;

  // Names of the files that hold any 16-byte block of `bytes`.
  std::vector<std::string> HoldingAnyPartOf(std::string_view bytes) const;

 private:
  std::string path_;
};

// A vault in a folder of its own, and a keyring in another.
class VaultTest : public testing::Test {
 protected:
  VaultTest() {
    EXPECT_TRUE(Keyring::Create(keys_.path(), random_).ok());
    Reopen();
  }

  // Closes keyring and vault and opens them again, as a restart does.
  void Reopen();
  absl::Status TryReopen();

  // Content that opens its commitment.
  record::v1::Attachment Content(base::CommitmentKind kind, std::string_view bytes);

  // Seals content for a position, of the class that its kind belongs to.
  Placed Place(const Position& position, const record::v1::Attachment& content,
               RecordClass record_class = RecordClass::kTransitPayload);

  // Commits rows and expects it to go well.
  void Store(const std::vector<Placed>& rows, const std::vector<RefusedStatement>& refused = {});

  // Whether a row is stored at a position, with its object.
  bool Has(const Position& position);

  // Runs SQL on the closed or open database behind the vault's back.
  void Tamper(const std::string& sql);

  Folder keys_;
  Folder data_;
  tests::SeededRandom random_{20240603};
  std::unique_ptr<Keyring> keyring_;
  std::unique_ptr<Vault> vault_;
};

// The commitment of content, as a digest.
base::Digest CommitmentOf(const record::v1::Attachment& content);

}  // namespace passerelle::gateway::vault

#endif  // PASSERELLE_TESTS_UNIT_GATEWAY_VAULT_FIXTURE_H_
