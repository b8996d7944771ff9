#include "tests/unit/gateway/vault/fixture.h"

#include <sqlite3.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <unordered_set>

#include "gateway/base/status.h"

namespace passerelle::gateway::vault {
namespace {

std::vector<std::string> Where(const std::string& folder,
                               const std::function<bool(const std::string&)>& holds) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    if (holds(bytes)) names.push_back(entry.path().filename().string());
  }
  return names;
}

}  // namespace

Folder::Folder() : path_(testing::TempDir() + "vaultXXXXXX") {
  if (mkdtemp(path_.data()) == nullptr) abort();
}

Folder::~Folder() { std::filesystem::remove_all(path_); }

std::vector<std::string> Folder::Holding(std::string_view bytes) const {
  return Where(path_,
               [bytes](const std::string& file) { return file.find(bytes) != std::string::npos; });
}

std::vector<std::string> Folder::HoldingAnyPartOf(std::string_view bytes) const {
  std::unordered_set<std::string_view> blocks = {bytes.substr(bytes.size() - 16)};
  for (size_t at = 0; at + 16 <= bytes.size(); at += 16) blocks.insert(bytes.substr(at, 16));
  std::vector<bool> first(256 * 256);
  const auto start = [](const char* at) {
    return static_cast<size_t>(static_cast<unsigned char>(at[0])) * 256 +
           static_cast<unsigned char>(at[1]);
  };
  for (std::string_view block : blocks) first[start(block.data())] = true;
  return Where(path_, [&](const std::string& file) {
    for (size_t at = 0; at + 16 <= file.size(); ++at)
      if (first[start(&file[at])] && blocks.count(std::string_view(file).substr(at, 16)) != 0)
        return true;
    return false;
  });
}

void VaultTest::Reopen() {
  const absl::Status reopened = TryReopen();
  ASSERT_TRUE(reopened.ok()) << reopened;
}

absl::Status VaultTest::TryReopen() {
  vault_ = nullptr;
  ASSIGN_OR_RETURN(keyring_, Keyring::Open(keys_.path(), random_));
  ASSIGN_OR_RETURN(vault_, Vault::Open(data_.path(), *keyring_, random_));
  return absl::OkStatus();
}

record::v1::Attachment VaultTest::Content(base::CommitmentKind kind, std::string_view bytes) {
  record::v1::Attachment content;
  content.set_nonce(random_.Bytes(32));
  content.set_media_type("text/csv");
  content.set_content(std::string(bytes));
  content.set_commitment(base::ToBytes(base::Commit(kind, content.nonce(), bytes)));
  return content;
}

Placed VaultTest::Place(const Position& position, const record::v1::Attachment& content,
                        RecordClass record_class) {
  auto sealed = vault_->Seal(record_class, content);
  EXPECT_TRUE(sealed.ok()) << sealed.status();
  return {position, *std::move(sealed), 0};
}

void VaultTest::Store(const std::vector<Placed>& rows,
                      const std::vector<RefusedStatement>& refused) {
  const absl::Status status = vault_->Commit(rows, refused);
  ASSERT_TRUE(status.ok()) << status;
}

bool VaultTest::Has(const Position& position) {
  const absl::StatusOr<std::optional<Position>> missing = vault_->FindMissing({position});
  EXPECT_TRUE(missing.ok()) << missing.status();
  return missing.ok() && !missing->has_value();
}

void VaultTest::Tamper(const std::string& sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(data_.File("vault.db").c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(database);
  EXPECT_GT(sqlite3_total_changes(database), 0) << "nothing was altered";
  sqlite3_close(database);
}

base::Digest CommitmentOf(const record::v1::Attachment& content) {
  return *base::DigestFromBytes(content.commitment());
}

}  // namespace passerelle::gateway::vault
