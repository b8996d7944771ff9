// Private keys that a passphrase closes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "certs/keys/key.h"
#include "gateway/base/files.h"
#include "gateway/base/secret.h"
#include "gateway/base/status.h"
#include "tests/unit/certs/command.h"

namespace passerelle::certs::keys {
namespace {

using gateway::base::ReasonOf;
using gateway::base::Secret;
using ::testing::HasSubstr;
using tests::CommandFolder;

constexpr KeyType kTypes[] = {KeyType::kEd25519, KeyType::kP256};

Secret Phrase(const char* text) { return Secret(std::string(text)); }

TEST(EncryptedKey, OpensWithItsPassphraseAlone) {
  for (const KeyType type : kTypes) {
    const auto key = PrivateKey::Generate(type);
    const std::string pem = key->ToEncryptedPem(Phrase("correct horse"));
    EXPECT_TRUE(IsEncryptedPem(pem));
    const auto again = PrivateKey::FromEncryptedPem(pem, Phrase("correct horse"));
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->public_key().spki(), key->public_key().spki());
    EXPECT_TRUE(key->public_key().Verify("message", again->Sign("message")).ok());
    for (const char* wrong : {"", "correct hors", "correct horse ", "Correct horse"})
      EXPECT_EQ(ReasonOf(PrivateKey::FromEncryptedPem(pem, Phrase(wrong)).status()),
                "KEY_PASSPHRASE");
  }
}

TEST(EncryptedKey, IsAnotherTextEachTime) {
  const auto key = PrivateKey::Generate(KeyType::kEd25519);
  EXPECT_NE(key->ToEncryptedPem(Phrase("x")), key->ToEncryptedPem(Phrase("x")));
}

TEST(EncryptedKey, IsOpenedByOpensslToo) {
  const CommandFolder folder;
  folder.Write("phrase", "correct horse\n");
  for (const KeyType type : kTypes) {
    const auto key = PrivateKey::Generate(type);
    folder.Write("key.pem", key->ToEncryptedPem(Phrase("correct horse")));
    EXPECT_EQ(folder.Openssl("pkey -in key.pem -passin file:phrase -out open.pem").exit_code, 0);
    const auto opened = PrivateKey::FromPem(folder.Read("open.pem"));
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(opened->public_key().spki(), key->public_key().spki());
    const std::string shown = folder.Openssl("asn1parse -in key.pem").output;
    for (const char* part : {":PBES2", ":scrypt", ":4000", ":aes-256-cbc"})
      EXPECT_THAT(shown, HasSubstr(part));
  }
}

TEST(EncryptedKey, OfOpensslIsRead) {
  const CommandFolder folder;
  folder.Write("phrase", "correct horse\n");
  ASSERT_EQ(folder.Openssl("genpkey -algorithm ed25519 -out key.pem").exit_code, 0);
  const auto key = PrivateKey::FromPem(folder.Read("key.pem"));
  ASSERT_TRUE(key.ok());
  for (const char* scheme : {"-scrypt", "-v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 100000"}) {
    const std::string recipe = "pkcs8 -topk8 -in key.pem -passout file:phrase -out closed.pem ";
    ASSERT_EQ(folder.Openssl(recipe + scheme).exit_code, 0);
    const auto opened =
        PrivateKey::FromEncryptedPem(folder.Read("closed.pem"), Phrase("correct horse"));
    ASSERT_TRUE(opened.ok()) << scheme << opened.status();
    EXPECT_EQ(opened->public_key().spki(), key->public_key().spki());
  }
}

TEST(EncryptedKey, IsSavedAndLoadedWithThePassphrase) {
  const CommandFolder folder;
  const auto key = PrivateKey::Generate(KeyType::kP256);
  ASSERT_TRUE(key->Save(folder.File("key.pem"), Phrase("correct horse")).ok());
  EXPECT_EQ(*gateway::base::PermissionsOf(folder.File("key.pem")), 0600);
  EXPECT_THAT(folder.Read("key.pem"), HasSubstr("BEGIN ENCRYPTED PRIVATE KEY"));
  EXPECT_TRUE(PrivateKey::Load(folder.File("key.pem"), Phrase("correct horse")).ok());
  const auto unopened = PrivateKey::Load(folder.File("key.pem"));
  EXPECT_EQ(ReasonOf(unopened.status()), "KEY_ENCRYPTED");
  const auto wrong = PrivateKey::Load(folder.File("key.pem"), Phrase("battery"));
  EXPECT_EQ(ReasonOf(wrong.status()), "KEY_PASSPHRASE");
  EXPECT_THAT(std::string(wrong.status().message()), HasSubstr("key.pem"));
  // A passphrase that a key in clear does not need does no harm: the key can be closed later.
  ASSERT_TRUE(key->Save(folder.File("clear.pem")).ok());
  EXPECT_TRUE(PrivateKey::Load(folder.File("clear.pem"), Phrase("correct horse")).ok());
}

TEST(EncryptedKey, ThatIsDamagedIsRefused) {
  const std::string pem =
      PrivateKey::Generate(KeyType::kEd25519)->ToEncryptedPem(Phrase("correct horse"));
  EXPECT_EQ(ReasonOf(PrivateKey::FromEncryptedPem("junk", Phrase("x")).status()), "KEY_FORM");
  EXPECT_EQ(
      ReasonOf(PrivateKey::FromEncryptedPem(pem.substr(0, pem.size() / 2), Phrase("x")).status()),
      "KEY_FORM");
  EXPECT_EQ(ReasonOf(PrivateKey::FromPem(pem).status()), "KEY_FORM");
  EXPECT_FALSE(IsEncryptedPem("junk"));
}

}  // namespace
}  // namespace passerelle::certs::keys
