// Chains of our own authority and of the openssl command, at given times.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "certs/ca/authority.h"
#include "certs/x509/certificate.h"
#include "gateway/base/status.h"
#include "tests/support/fakes.h"
#include "tests/unit/certs/command.h"

namespace passerelle::certs::x509 {
namespace {

using ca::Authority;
using ca::Profile;
using gateway::base::ReasonOf;
using tests::CommandFolder;
using tests::FakeClock;
using tests::SeededRandom;

constexpr int64_t kDayMs = int64_t{86400} * 1000;
constexpr int64_t kNow = FakeClock::kStartMs;

void ExpectReason(const absl::Status& status, std::string_view reason) {
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << status;
  EXPECT_EQ(ReasonOf(status), reason) << status;
}

// A root valid for a hundred days from now, a server's leaf and an agent's for ten days from
// tomorrow.
class OwnChainTest : public ::testing::Test {
 protected:
  OwnChainTest()
      : root_(*Authority::Create("Synthetic root", kNow, kNow + 100 * kDayMs, random_)),
        server_(Leaf(root_, /*server=*/true)),
        agent_(Leaf(root_, /*server=*/false)) {}

  Certificate Leaf(const Authority& authority, bool server) {
    Profile profile;
    profile.common_name = "synthetic";
    if (server)
      profile.dns_names = {"gateway.example"};
    else
      profile.uri = "spiffe://ctg.example/test/agent/00";
    profile.not_before_ms = kNow + kDayMs;
    profile.not_after_ms = kNow + 11 * kDayMs;
    const auto key = keys::PrivateKey::Generate(keys::KeyType::kEd25519);
    return *authority.Issue(profile, key->public_key(), random_);
  }

  absl::Status Verify(const Certificate& leaf, int64_t at_ms, Usage usage) const {
    return VerifyChain(leaf, {}, {root_.certificate()}, at_ms, usage);
  }

  SeededRandom random_{1};
  Authority root_;
  Certificate server_;
  Certificate agent_;
};

TEST_F(OwnChainTest, AcceptsALeafForItsUseOnly) {
  const int64_t at = kNow + 2 * kDayMs;
  EXPECT_TRUE(Verify(server_, at, Usage::kTlsServer).ok());
  EXPECT_TRUE(Verify(agent_, at, Usage::kTlsClient).ok());
  ExpectReason(Verify(server_, at, Usage::kTlsClient), "CERTIFICATE_USAGE");
  ExpectReason(Verify(agent_, at, Usage::kTlsServer), "CERTIFICATE_USAGE");
}

TEST_F(OwnChainTest, HoldsTheBoundsToTheSecond) {
  const int64_t begin = kNow + kDayMs;
  const int64_t end = kNow + 11 * kDayMs;
  ExpectReason(Verify(agent_, begin - 1, Usage::kTlsClient), "CERTIFICATE_NOT_YET_VALID");
  EXPECT_TRUE(Verify(agent_, begin, Usage::kTlsClient).ok());
  EXPECT_TRUE(Verify(agent_, end - 1, Usage::kTlsClient).ok());
  ExpectReason(Verify(agent_, end, Usage::kTlsClient), "CERTIFICATE_EXPIRED");
}

TEST_F(OwnChainTest, RefusesAForeignRootOfTheSameName) {
  const auto foreign = Authority::Create("Synthetic root", kNow, kNow + 100 * kDayMs, random_);
  ExpectReason(Verify(Leaf(*foreign, false), kNow + 2 * kDayMs, Usage::kTlsClient),
               "CERTIFICATE_UNTRUSTED");
}

TEST_F(OwnChainTest, RefusesEverythingWithoutAnchors) {
  ExpectReason(VerifyChain(agent_, {root_.certificate()}, {}, kNow + 2 * kDayMs, Usage::kTlsClient),
               "CERTIFICATE_UNTRUSTED");
}

TEST_F(OwnChainTest, AcceptsAnyOfSeveralAnchors) {
  const auto other = Authority::Create("Another root", kNow, kNow + 100 * kDayMs, random_);
  EXPECT_TRUE(VerifyChain(agent_, {}, {other->certificate(), root_.certificate()},
                          kNow + 2 * kDayMs, Usage::kTlsClient)
                  .ok());
}

TEST_F(OwnChainTest, RefusesALeafThatIsOnlyListedAsAnAnchor) {
  // A leaf dropped among the anchors vouches for nobody, itself included.
  ExpectReason(VerifyChain(agent_, {}, {agent_}, kNow + 2 * kDayMs, Usage::kTlsClient),
               "CERTIFICATE_UNTRUSTED");
}

TEST_F(OwnChainTest, RefusesEveryFlippedByteOfTheSignedPart) {
  const std::string der = agent_.ToDer();
  int parsed = 0;
  for (size_t i = 4; i < der.size(); ++i) {
    std::string flipped = der;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x01);
    const auto certificate = Certificate::FromDer(flipped);
    if (!certificate.ok()) continue;
    ++parsed;
    EXPECT_FALSE(Verify(*certificate, kNow + 2 * kDayMs, Usage::kTlsClient).ok()) << i;
  }
  EXPECT_GT(parsed, 100);
}

// Root, intermediate and leaf of the openssl command, valid from now on for the days given.
class ForeignChainTest : public ::testing::Test {
 protected:
  ForeignChainTest() {
    folder_.Write("root.ext", "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n");
    folder_.Write("leaf.ext",
                  "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n"
                  "extendedKeyUsage=clientAuth\n");
    Run("req -new -newkey " + kKey + " -keyout root.key -out root.csr -subj /CN=root");
    Run("x509 -req -in root.csr -signkey root.key -days 300 -extfile root.ext -out root.pem");
    Make("middle", "root", "root.ext", 20);
    Make("leaf", "middle", "leaf.ext", 10);
  }

  void Run(const std::string& arguments) {
    const auto result = folder_.Openssl(arguments);
    ASSERT_EQ(result.exit_code, 0) << result.output;
  }

  // Makes `name`.pem, signed by `issuer`.
  void Make(const std::string& name, const std::string& issuer, const std::string& extensions,
            int days, const std::string& more = "", const std::string& key = kKey) {
    Run("req -new -newkey " + key + " -keyout " + name + ".key -out " + name +
        ".csr -subj /CN=" + name);
    Run("x509 -req -in " + name + ".csr -CA " + issuer + ".pem -CAkey " + issuer +
        ".key -CAcreateserial -days " + std::to_string(days) + " -extfile " + extensions +
        " -out " + name + ".pem " + more);
  }

  Certificate Get(const std::string& name) const {
    return *Certificate::FromPem(folder_.Read(name + ".pem"));
  }

  absl::Status Verify(const std::vector<Certificate>& intermediates, int64_t after_ms = kDayMs) {
    const Certificate leaf = Get("leaf");
    return VerifyChain(leaf, intermediates, {Get("root")}, leaf.not_before_ms() + after_ms,
                       Usage::kTlsClient);
  }

  static inline const std::string kKey = "ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
  CommandFolder folder_;
};

TEST_F(ForeignChainTest, NeedsTheIntermediate) {
  EXPECT_TRUE(Verify({Get("middle")}).ok());
  ExpectReason(Verify({}), "CERTIFICATE_UNTRUSTED");
}

TEST_F(ForeignChainTest, DoesNotTakeAnIntermediateForAnAnchor) {
  const Certificate leaf = Get("leaf");
  ExpectReason(VerifyChain(leaf, {}, {Get("middle")}, leaf.not_before_ms(), Usage::kTlsClient),
               "CERTIFICATE_UNTRUSTED");
}

TEST_F(ForeignChainTest, RefusesAnExpiredLeaf) {
  ExpectReason(Verify({Get("middle")}, 10 * kDayMs), "CERTIFICATE_EXPIRED");
  ExpectReason(Verify({Get("middle")}, -kDayMs), "CERTIFICATE_NOT_YET_VALID");
}

TEST_F(ForeignChainTest, RefusesALeafThatOutlivesItsIntermediate) {
  Make("leaf", "middle", "leaf.ext", 100);
  EXPECT_TRUE(Verify({Get("middle")}, 10 * kDayMs).ok());
  ExpectReason(Verify({Get("middle")}, 21 * kDayMs), "CERTIFICATE_EXPIRED");
}

TEST_F(ForeignChainTest, RefusesAnIssuerThatIsNoAuthority) {
  Make("middle", "root", "leaf.ext", 20);
  Make("leaf", "middle", "leaf.ext", 10);
  ExpectReason(Verify({Get("middle")}), "CERTIFICATE_UNTRUSTED");
}

TEST_F(ForeignChainTest, RefusesAnAuthorityThatMayNotServeClients) {
  folder_.Write("middle.ext",
                "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n"
                "extendedKeyUsage=serverAuth\n");
  Make("middle", "root", "middle.ext", 20);
  Make("leaf", "middle", "leaf.ext", 10);
  ExpectReason(Verify({Get("middle")}), "CERTIFICATE_UNTRUSTED");
}

TEST_F(ForeignChainTest, RefusesMoreAuthoritiesThanThePathLengthAllows) {
  folder_.Write("short.ext",
                "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign\n");
  Make("upper", "root", "short.ext", 20);
  Make("middle", "upper", "root.ext", 20);
  Make("leaf", "middle", "leaf.ext", 10);
  ExpectReason(Verify({Get("middle"), Get("upper")}), "CERTIFICATE_UNTRUSTED");
}

TEST_F(ForeignChainTest, RefusesAWrongUse) {
  folder_.Write("server.ext", "extendedKeyUsage=serverAuth\n");
  Make("leaf", "middle", "server.ext", 10);
  ExpectReason(Verify({Get("middle")}), "CERTIFICATE_USAGE");
}

TEST_F(ForeignChainTest, RefusesAWeakDigest) {
  Make("leaf", "middle", "leaf.ext", 10, "-sha1");
  ExpectReason(Verify({Get("middle")}), "CERTIFICATE_UNTRUSTED");
}

TEST_F(ForeignChainTest, RefusesAWeakKey) {
  Make("leaf", "middle", "leaf.ext", 10, "", "rsa:1024 -nodes");
  ExpectReason(Verify({Get("middle")}), "CERTIFICATE_UNTRUSTED");
}

TEST_F(ForeignChainTest, RefusesAnUnknownCriticalExtension) {
  folder_.Write("odd.ext", "extendedKeyUsage=clientAuth\n1.2.3.4=critical,DER:0500\n");
  Make("leaf", "middle", "odd.ext", 10);
  ExpectReason(Verify({Get("middle")}), "CERTIFICATE_UNTRUSTED");
}

}  // namespace
}  // namespace passerelle::certs::x509
