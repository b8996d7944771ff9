// Private keys as text and as files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "certs/keys/key.h"
#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "tests/unit/certs/command.h"

namespace passerelle::certs::keys {
namespace {

using gateway::base::ReasonOf;
using ::testing::HasSubstr;
using tests::CommandFolder;

std::string Pem(const PrivateKey& key) { return std::string(key.ToPem().RevealSecret()); }

std::string PemOf(std::string_view label, std::string_view der) {
  return "-----BEGIN " + std::string(label) + "-----\n" + gateway::base::ToBase64(der) +
         "\n-----END " + std::string(label) + "-----\n";
}

TEST(PrivateKey, SurvivesItsPem) {
  for (KeyType type : {KeyType::kEd25519, KeyType::kP256}) {
    const auto key = PrivateKey::Generate(type);
    ASSERT_TRUE(key.ok());
    const auto again = PrivateKey::FromPem(Pem(*key));
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->public_key().spki(), key->public_key().spki());
    EXPECT_EQ(again->public_key().type(), type);
    EXPECT_TRUE(key->public_key().Verify("message", again->Sign("message")).ok());
  }
}

TEST(PrivateKey, IsFreshEachTime) {
  for (KeyType type : {KeyType::kEd25519, KeyType::kP256})
    EXPECT_NE(PrivateKey::Generate(type)->public_key().spki(),
              PrivateKey::Generate(type)->public_key().spki());
}

TEST(PrivateKey, RefusesASeedOfAnotherLength) {
  EXPECT_EQ(ReasonOf(PrivateKey::FromEd25519Seed(std::string(31, 'x')).status()), "KEY_FORM");
  EXPECT_EQ(ReasonOf(PrivateKey::FromEd25519Seed(std::string(64, 'x')).status()), "KEY_FORM");
}

TEST(PrivateKey, RefusesOtherPemFormsAndNamesTheMend) {
  const CommandFolder folder;
  ASSERT_EQ(folder.Openssl("ecparam -name prime256v1 -genkey -out sec1.pem").exit_code, 0);
  ASSERT_EQ(folder.Openssl("ecparam -name prime256v1 -genkey -noout -out bare.pem").exit_code, 0);
  ASSERT_EQ(folder.Openssl("pkcs8 -topk8 -in bare.pem -passout pass:x -out closed.pem").exit_code,
            0);
  ASSERT_EQ(folder.Openssl("pkey -in bare.pem -pubout -out public.pem").exit_code, 0);
  for (const char* name : {"sec1.pem", "bare.pem", "closed.pem", "public.pem"}) {
    const auto key = PrivateKey::FromPem(folder.Read(name));
    EXPECT_EQ(key.status().code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_EQ(ReasonOf(key.status()), "KEY_FORM") << name;
    EXPECT_THAT(std::string(key.status().message()), HasSubstr("openssl pkcs8 -topk8 -nocrypt"));
  }
  ASSERT_EQ(folder.Openssl("pkcs8 -topk8 -nocrypt -in bare.pem -out mended.pem").exit_code, 0);
  EXPECT_TRUE(PrivateKey::FromPem(folder.Read("mended.pem")).ok());
}

TEST(PrivateKey, RefusesDamage) {
  const auto key = PrivateKey::FromEd25519Seed(std::string(32, '\x01'));
  // PKCS#8 of RFC 8410 around the seed.
  const std::string der =
      *gateway::base::FromHex("302e020100300506032b657004220420") + std::string(32, '\x01');
  const auto good = PrivateKey::FromPem(PemOf("PRIVATE KEY", der));
  ASSERT_TRUE(good.ok()) << good.status();
  EXPECT_EQ(good->public_key().spki(), key->public_key().spki());
  for (const std::string& pem :
       {std::string(), std::string("junk"), PemOf("PRIVATE KEY", der.substr(0, 40)),
        PemOf("PRIVATE KEY", der + '\0'), PemOf("CERTIFICATE", der),
        Pem(*key).substr(0, Pem(*key).size() / 2)})
    EXPECT_EQ(ReasonOf(PrivateKey::FromPem(pem).status()), "KEY_FORM");
}

TEST(PrivateKey, RefusesAP256KeyWhosePublicHalfIsAnother) {
  const CommandFolder folder;
  for (const char* name : {"a", "b"}) {
    const std::string recipe = "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ";
    ASSERT_EQ(folder.Openssl(recipe + name + ".pem").exit_code, 0);
    ASSERT_EQ(folder
                  .Openssl(std::string("pkcs8 -topk8 -nocrypt -outform DER -in ") + name +
                           ".pem -out " + name)
                  .exit_code,
              0);
  }
  const std::string a = folder.Read("a");
  const std::string b = folder.Read("b");
  ASSERT_EQ(a.size(), 138u);
  ASSERT_TRUE(PrivateKey::FromPem(PemOf("PRIVATE KEY", a)).ok());
  // The public point is the last 65 bytes.
  const auto mixed = PrivateKey::FromPem(PemOf("PRIVATE KEY", a.substr(0, 73) + b.substr(73)));
  EXPECT_EQ(ReasonOf(mixed.status()), "KEY_FORM");
}

TEST(PrivateKey, IsSavedForItsOwnerAlone) {
  const CommandFolder folder;
  const auto key = PrivateKey::Generate(KeyType::kEd25519);
  const mode_t before = umask(0);
  const absl::Status saved = key->Save(folder.File("key.pem"));
  umask(before);
  ASSERT_TRUE(saved.ok()) << saved;
  EXPECT_EQ(*gateway::base::PermissionsOf(folder.File("key.pem")), 0600);
  const auto loaded = PrivateKey::Load(folder.File("key.pem"));
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->public_key().spki(), key->public_key().spki());
}

TEST(PrivateKey, IsNeverOverwritten) {
  const CommandFolder folder;
  const auto first = PrivateKey::Generate(KeyType::kEd25519);
  const auto second = PrivateKey::Generate(KeyType::kEd25519);
  ASSERT_TRUE(first->Save(folder.File("key.pem")).ok());
  EXPECT_EQ(second->Save(folder.File("key.pem")).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(folder.Read("key.pem"), Pem(*first));
  ASSERT_EQ(symlink("nowhere", folder.File("link.pem").c_str()), 0);
  EXPECT_EQ(second->Save(folder.File("link.pem")).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(second->Save(folder.File("missing/key.pem")).code(), absl::StatusCode::kNotFound);
}

TEST(PrivateKey, IsRefusedWhenOthersMayReadIt) {
  const CommandFolder folder;
  const std::string path = folder.File("key.pem");
  ASSERT_TRUE(PrivateKey::Generate(KeyType::kP256)->Save(path).ok());
  for (mode_t mode : {0640, 0604, 0644, 0620, 0666}) {
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    const auto key = PrivateKey::Load(path);
    EXPECT_EQ(key.status().code(), absl::StatusCode::kFailedPrecondition) << mode;
    EXPECT_EQ(ReasonOf(key.status()), "KEY_PERMISSIONS");
    EXPECT_THAT(std::string(key.status().message()), HasSubstr("chmod 600 " + path));
  }
  for (mode_t mode : {0600, 0400}) {
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    EXPECT_TRUE(PrivateKey::Load(path).ok()) << mode;
  }
}

TEST(PrivateKey, SaysWhichFileIsMissingOrDamaged) {
  const CommandFolder folder;
  const auto missing = PrivateKey::Load(folder.File("none.pem"));
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
  folder.Write("junk.pem", "junk");
  ASSERT_EQ(chmod(folder.File("junk.pem").c_str(), 0600), 0);
  const auto junk = PrivateKey::Load(folder.File("junk.pem"));
  EXPECT_EQ(ReasonOf(junk.status()), "KEY_FORM");
  EXPECT_THAT(std::string(junk.status().message()), HasSubstr("junk.pem"));
}

}  // namespace
}  // namespace passerelle::certs::keys
