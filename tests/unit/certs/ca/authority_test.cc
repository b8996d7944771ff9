// The authority's certificates, judged by the openssl command and by their own extensions.
#include "certs/ca/authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <set>

#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "tests/support/fakes.h"
#include "tests/unit/certs/command.h"

namespace passerelle::certs::ca {
namespace {

using gateway::base::PathOf;
using gateway::base::ReasonOf;
using keys::KeyType;
using keys::PrivateKey;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using tests::CommandFolder;
using tests::FakeClock;
using tests::SeededRandom;

constexpr int64_t kDayMs = int64_t{86400} * 1000;
constexpr int64_t kNow = FakeClock::kStartMs;

// Bytes that are all of one value: the ends of what a generator may give.
class ConstantRandom final : public gateway::base::Random {
 public:
  explicit ConstantRandom(char byte) : byte_(byte) {}
  std::string Bytes(size_t size) override { return std::string(size, byte_); }

 private:
  const char byte_;
};

class AuthorityTest : public ::testing::Test {
 protected:
  AuthorityTest()
      : root_(*Authority::Create("Synthetic root", kNow, kNow + 100 * kDayMs, random_)) {}

  static Profile Server() {
    Profile profile;
    profile.common_name = "gateway.example";
    profile.dns_names = {"gateway.example", "localhost"};
    profile.ip_addresses = {"127.0.0.1", "::1"};
    profile.not_before_ms = kNow;
    profile.not_after_ms = kNow + 10 * kDayMs;
    return profile;
  }

  static Profile Agent() {
    Profile profile;
    profile.common_name = "00112233445566778899aabbccddeeff";
    profile.uri = "spiffe://ctg.example/test/agent/00112233445566778899aabbccddeeff";
    profile.not_before_ms = kNow;
    profile.not_after_ms = kNow + 10 * kDayMs;
    return profile;
  }

  absl::StatusOr<x509::Certificate> Issue(const Profile& profile) {
    return root_.Issue(profile, key_.public_key(), random_);
  }

  // What `openssl x509 -text` says of a certificate.
  std::string Text(const x509::Certificate& certificate) const {
    folder_.Write("shown.pem", certificate.ToPem());
    return folder_.Openssl("x509 -in shown.pem -noout -text -certopt ext_parse").output;
  }

  void ExpectRefused(const Profile& profile, std::string_view path) {
    const absl::Status status = Issue(profile).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << path;
    EXPECT_EQ(ReasonOf(status), "PROFILE") << path;
    EXPECT_EQ(PathOf(status), path);
  }

  SeededRandom random_{7};
  CommandFolder folder_;
  Authority root_;
  PrivateKey key_ = *PrivateKey::Generate(KeyType::kEd25519);
};

TEST_F(AuthorityTest, IsAcceptedByOpensslStrictly) {
  folder_.Write("root.pem", root_.certificate().ToPem());
  const std::string at = std::to_string((kNow + kDayMs) / 1000);
  for (KeyType type : {KeyType::kEd25519, KeyType::kP256}) {
    const auto key = PrivateKey::Generate(type);
    for (const auto& [profile, purpose] :
         {std::pair(Server(), "sslserver"), std::pair(Agent(), "sslclient")}) {
      const auto leaf = root_.Issue(profile, key->public_key(), random_);
      ASSERT_TRUE(leaf.ok()) << leaf.status();
      folder_.Write("leaf.pem", leaf->ToPem());
      const std::string verify = "verify -x509_strict -check_ss_sig -auth_level 2 -attime " + at +
                                 " -CAfile root.pem -purpose ";
      const auto right = folder_.Openssl(verify + purpose + " leaf.pem");
      EXPECT_EQ(right.exit_code, 0) << right.output;
      const std::string other = std::string(purpose) == "sslserver" ? "sslclient" : "sslserver";
      EXPECT_NE(folder_.Openssl(verify + other + " leaf.pem").exit_code, 0);
    }
  }
}

TEST_F(AuthorityTest, MakesARootForLeavesOnly) {
  const std::string text = Text(root_.certificate());
  EXPECT_THAT(text, HasSubstr("X509v3 Basic Constraints: critical\n                CA:TRUE, "
                              "pathlen:0"));
  EXPECT_THAT(text, HasSubstr("X509v3 Key Usage: critical\n                Certificate Sign\n"));
  EXPECT_THAT(text, HasSubstr("X509v3 Subject Key Identifier"));
  EXPECT_THAT(text, HasSubstr("X509v3 Authority Key Identifier"));
  EXPECT_THAT(text, HasSubstr("Version: 3"));
  EXPECT_EQ(root_.certificate().PublicKey()->type(), KeyType::kP256);
  EXPECT_EQ(root_.certificate().not_before_ms(), kNow);
  EXPECT_EQ(root_.certificate().not_after_ms(), kNow + 100 * kDayMs);
}

TEST_F(AuthorityTest, MakesAServersLeaf) {
  const auto leaf = Issue(Server());
  ASSERT_TRUE(leaf.ok()) << leaf.status();
  const std::string text = Text(*leaf);
  EXPECT_THAT(text, HasSubstr("X509v3 Basic Constraints: critical\n                CA:FALSE"));
  EXPECT_THAT(text, HasSubstr("X509v3 Key Usage: critical\n                Digital Signature\n"));
  EXPECT_THAT(text, HasSubstr("TLS Web Server Authentication"));
  EXPECT_THAT(text, Not(HasSubstr("TLS Web Client Authentication")));
  EXPECT_THAT(text, HasSubstr("DNS:gateway.example, DNS:localhost, IP Address:127.0.0.1, "
                              "IP Address:0:0:0:0:0:0:0:1"));
  EXPECT_THAT(leaf->DnsNames(), ElementsAre("gateway.example", "localhost"));
}

TEST_F(AuthorityTest, MakesAnAgentsLeafWithOneUriAlone) {
  const auto leaf = Issue(Agent());
  ASSERT_TRUE(leaf.ok()) << leaf.status();
  const std::string text = Text(*leaf);
  EXPECT_THAT(text, HasSubstr("TLS Web Client Authentication"));
  EXPECT_THAT(text, Not(HasSubstr("TLS Web Server Authentication")));
  EXPECT_THAT(leaf->Uris(), ElementsAre(Agent().uri));
  EXPECT_THAT(leaf->DnsNames(), ElementsAre());
  EXPECT_EQ(leaf->not_before_ms(), kNow);
  EXPECT_EQ(leaf->not_after_ms(), kNow + 10 * kDayMs);
}

TEST_F(AuthorityTest, CertifiesExactlyTheKeyGiven) {
  for (KeyType type : {KeyType::kEd25519, KeyType::kP256}) {
    const auto key = PrivateKey::Generate(type);
    const auto leaf = root_.Issue(Agent(), key->public_key(), random_);
    EXPECT_EQ(leaf->PublicKey()->spki(), key->public_key().spki());
  }
}

TEST_F(AuthorityTest, DrawsPositiveSerialsOfSixteenBytes) {
  std::set<std::string> serials;
  const auto add = [&](const x509::Certificate& certificate) {
    const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate.x509());
    EXPECT_EQ(ASN1_STRING_length(serial), 16);
    EXPECT_EQ(ASN1_STRING_type(serial), V_ASN1_INTEGER);
    serials.insert(std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial)), 16));
  };
  add(root_.certificate());
  for (int i = 0; i < 20; ++i) add(*Issue(Agent()));
  for (char byte : {'\x00', '\xff'}) {
    ConstantRandom constant(byte);
    add(*root_.Issue(Agent(), key_.public_key(), constant));
  }
  EXPECT_EQ(serials.size(), 23u);
}

TEST_F(AuthorityTest, RefusesAProfileThatIsBothOrNeither) {
  Profile both = Server();
  both.uri = Agent().uri;
  ExpectRefused(both, "uri");
  Profile neither = Agent();
  neither.uri.clear();
  ExpectRefused(neither, "uri");
}

TEST_F(AuthorityTest, RefusesMalformedNames) {
  for (const char* name : {"", "a b", "a..b", ".a", "a.", "-a", "a-", "a_b", "*.example", "é",
                           "a,IP:1.2.3.4", "DNS:a"}) {
    Profile profile = Server();
    profile.dns_names[1] = name;
    ExpectRefused(profile, "dns_names[1]");
  }
  for (const char* address : {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "localhost", "::g"}) {
    Profile profile = Server();
    profile.ip_addresses[0] = address;
    ExpectRefused(profile, "ip_addresses[0]");
  }
  for (const char* uri : {"http://a/b", "spiffe://", "spiffe://a", "spiffe://a/", "spiffe:///a",
                          "spiffe://a//b", "spiffe://a/../b", "spiffe://a/b c", "spiffe://a/é",
                          "spiffe://a/b?c", "spiffe://a/b,URI:spiffe://c/d"}) {
    Profile profile = Agent();
    profile.uri = uri;
    ExpectRefused(profile, "uri");
  }
  Profile zero = Agent();
  zero.uri += std::string("\0x", 2);
  ExpectRefused(zero, "uri");
  Profile longer = Server();
  longer.dns_names[0] = std::string(64, 'a');
  ExpectRefused(longer, "dns_names[0]");
}

TEST_F(AuthorityTest, RefusesACommonNameOutOfBounds) {
  for (const std::string& name : {std::string(), std::string(65, 'a'), std::string("a\nb"),
                                  std::string("a\0b", 3), std::string("é")}) {
    Profile profile = Agent();
    profile.common_name = name;
    ExpectRefused(profile, "common_name");
    EXPECT_EQ(ReasonOf(Authority::Create(name, kNow, kNow + kDayMs, random_).status()), "PROFILE");
  }
  Profile longest = Agent();
  longest.common_name = std::string(64, 'a');
  EXPECT_TRUE(Issue(longest).ok());
}

TEST_F(AuthorityTest, RefusesAValidityThatCannotBe) {
  Profile profile = Agent();
  profile.not_after_ms = profile.not_before_ms;
  ExpectRefused(profile, "not_after_ms");
  profile.not_before_ms = -1000;
  ExpectRefused(profile, "not_after_ms");
  profile = Agent();
  profile.not_after_ms = root_.certificate().not_after_ms() + 1000;
  ExpectRefused(profile, "not_after_ms");
  profile.not_after_ms = root_.certificate().not_after_ms();
  EXPECT_TRUE(Issue(profile).ok());
  // The year 10000.
  EXPECT_EQ(ReasonOf(Authority::Create("a", kNow, 253402300800000, random_).status()), "PROFILE");
  EXPECT_TRUE(Authority::Create("a", kNow, 253402300799000, random_).ok());
}

TEST_F(AuthorityTest, SurvivesItsFolder) {
  ASSERT_TRUE(root_.Save(folder_.path()).ok());
  EXPECT_EQ(*gateway::base::PermissionsOf(folder_.File("ca.key")), 0600);
  const auto loaded = Authority::Load(folder_.path());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->certificate().ToDer(), root_.certificate().ToDer());
  const auto leaf = loaded->Issue(Agent(), key_.public_key(), random_);
  EXPECT_TRUE(
      x509::VerifyChain(*leaf, {}, {root_.certificate()}, kNow, x509::Usage::kTlsClient).ok());
}

TEST_F(AuthorityTest, NeverReplacesAnother) {
  const auto other = Authority::Create("Other root", kNow, kNow + kDayMs, random_);
  ASSERT_TRUE(root_.Save(folder_.path()).ok());
  EXPECT_EQ(ReasonOf(other->Save(folder_.path())), "FILE_EXISTS");
  EXPECT_EQ(folder_.Read("ca.pem"), root_.certificate().ToPem());
  // Half an authority is one too.
  std::filesystem::remove(folder_.File("ca.key"));
  EXPECT_EQ(ReasonOf(other->Save(folder_.path())), "FILE_EXISTS");
  EXPECT_FALSE(gateway::base::Exists(folder_.File("ca.key")));
}

TEST_F(AuthorityTest, RefusesACertificateThatIsNotItsOwn) {
  ASSERT_TRUE(root_.Save(folder_.path()).ok());
  const auto other = Authority::Create("Other root", kNow, kNow + kDayMs, random_);
  const auto root_key = PrivateKey::Load(folder_.File("ca.key"));
  // A leaf for the right key: no authority.
  const auto leaf = root_.Issue(Agent(), root_key->public_key(), random_);
  for (const x509::Certificate& wrong : {other->certificate(), *leaf}) {
    folder_.Write("ca.pem", wrong.ToPem());
    const auto loaded = Authority::Load(folder_.path());
    EXPECT_EQ(loaded.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(ReasonOf(loaded.status()), "CA_MISMATCH");
  }
  folder_.Write("ca.pem", "junk");
  EXPECT_EQ(ReasonOf(Authority::Load(folder_.path()).status()), "CERTIFICATE_FORM");
}

TEST_F(AuthorityTest, RefusesAKeyThatOthersMayRead) {
  ASSERT_TRUE(root_.Save(folder_.path()).ok());
  ASSERT_EQ(chmod(folder_.File("ca.key").c_str(), 0640), 0);
  EXPECT_EQ(ReasonOf(Authority::Load(folder_.path()).status()), "KEY_PERMISSIONS");
}

}  // namespace
}  // namespace passerelle::certs::ca
