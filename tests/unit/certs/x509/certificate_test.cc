// Certificates made by the openssl command, read; and texts that are none.
#include "certs/x509/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/base/bytes.h"
#include "gateway/base/status.h"
#include "tests/unit/certs/command.h"

namespace passerelle::certs::x509 {
namespace {

using gateway::base::ReasonOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::CommandFolder;

void ExpectForm(const absl::Status& status) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "CERTIFICATE_FORM");
}

// Self-signed certificates of the openssl command; the key algorithm and extensions as given.
class CertificateTest : public ::testing::Test {
 protected:
  std::string Make(const std::string& algorithm, const std::string& more = "") {
    const auto result =
        folder_.Openssl("req -x509 -nodes -newkey " + algorithm +
                        " -keyout key.pem -out cert.pem -days 10 -subj /CN=synthetic " + more);
    EXPECT_EQ(result.exit_code, 0) << result.output;
    return folder_.Read("cert.pem");
  }

  CommandFolder folder_;
  const std::string p256_ = "ec -pkeyopt ec_paramgen_curve:P-256";
};

TEST_F(CertificateTest, ReadsKeysOfBothKinds) {
  for (const std::string& algorithm : {p256_, std::string("ed25519")}) {
    const auto certificate = Certificate::FromPem(Make(algorithm));
    ASSERT_TRUE(certificate.ok()) << certificate.status();
    ASSERT_EQ(folder_.Openssl("pkey -in key.pem -pubout -outform DER -out spki").exit_code, 0);
    const auto key = certificate->PublicKey();
    ASSERT_TRUE(key.ok()) << key.status();
    EXPECT_EQ(key->spki(), folder_.Read("spki"));
  }
}

TEST_F(CertificateTest, RefusesKeysOfAnotherForm) {
  for (const std::string& algorithm :
       {std::string("rsa:2048"), std::string("ec -pkeyopt ec_paramgen_curve:P-384"),
        p256_ + " -pkeyopt ec_param_enc:explicit"}) {
    const auto certificate = Certificate::FromPem(Make(algorithm));
    ASSERT_TRUE(certificate.ok()) << certificate.status();
    EXPECT_EQ(ReasonOf(certificate->PublicKey().status()), "SPKI_FORM") << algorithm;
  }
  // A certified point that was written compressed is the same point, in a form of its own.
  ASSERT_EQ(folder_.Openssl("ecparam -name prime256v1 -genkey -noout -out any.pem").exit_code, 0);
  ASSERT_EQ(folder_.Openssl("ec -in any.pem -conv_form compressed -out compressed.pem").exit_code,
            0);
  ASSERT_EQ(folder_.Openssl("req -x509 -key compressed.pem -out cert.pem -subj /CN=x").exit_code,
            0);
  const auto certificate = Certificate::FromPem(folder_.Read("cert.pem"));
  ASSERT_TRUE(certificate.ok()) << certificate.status();
  EXPECT_EQ(ReasonOf(certificate->PublicKey().status()), "SPKI_FORM");
}

TEST_F(CertificateTest, SurvivesDerAndPem) {
  const std::string pem = Make(p256_);
  ASSERT_EQ(folder_.Openssl("x509 -in cert.pem -outform DER -out cert.der").exit_code, 0);
  const auto certificate = Certificate::FromPem(pem);
  ASSERT_TRUE(certificate.ok());
  EXPECT_EQ(certificate->ToDer(), folder_.Read("cert.der"));
  EXPECT_EQ(certificate->ToPem(), pem);
  EXPECT_EQ(Certificate::FromDer(folder_.Read("cert.der"))->ToPem(), pem);
}

TEST_F(CertificateTest, ReadsDates) {
  const auto certificate = Certificate::FromPem(Make(p256_));
  EXPECT_EQ(certificate->not_after_ms() - certificate->not_before_ms(), int64_t{10} * 86400 * 1000);
  const auto shown = folder_.Openssl("x509 -in cert.pem -noout -checkend 863000");
  EXPECT_EQ(shown.exit_code, 0) << shown.output;
  // 2050 and later are written in another type of time.
  const auto late = Certificate::FromPem(Make(p256_, "-days 36500"));
  EXPECT_EQ(late->not_after_ms() - late->not_before_ms(), int64_t{36500} * 86400 * 1000);
}

TEST_F(CertificateTest, ListsNamesByKind) {
  const auto certificate = Certificate::FromPem(
      Make(p256_, "-addext subjectAltName=DNS:a.example,URI:spiffe://x/y,IP:127.0.0.1,DNS:b"));
  ASSERT_TRUE(certificate.ok());
  EXPECT_THAT(certificate->DnsNames(), ElementsAre("a.example", "b"));
  EXPECT_THAT(certificate->Uris(), ElementsAre("spiffe://x/y"));
  const auto bare = Certificate::FromPem(Make(p256_));
  EXPECT_THAT(bare->DnsNames(), IsEmpty());
  EXPECT_THAT(bare->Uris(), IsEmpty());
}

TEST_F(CertificateTest, IsForTheHostsThatItNames) {
  const auto certificate = Certificate::FromPem(
      Make(p256_, "-addext subjectAltName=DNS:a.example,DNS:*.b.example,IP:127.0.0.1"));
  ASSERT_TRUE(certificate.ok());
  EXPECT_TRUE(certificate->HasHost());
  for (const char* host : {"a.example", "A.example", "x.b.example", "127.0.0.1"})
    EXPECT_TRUE(certificate->IsFor(host)) << host;
  for (const char* host : {"", "b.example", "x.y.b.example", "xa.example", "127.0.0.2", "::1"})
    EXPECT_FALSE(certificate->IsFor(host)) << host;
  const auto agent = Certificate::FromPem(Make(p256_, "-addext subjectAltName=URI:spiffe://x/y"));
  EXPECT_FALSE(agent->HasHost());
  EXPECT_FALSE(agent->IsFor("x"));
}

TEST_F(CertificateTest, KeepsAZeroByteInsideAName) {
  // An IA5String `a\0b`: cut at the zero it would be another name.
  const auto certificate =
      Certificate::FromPem(Make(p256_, "-addext subjectAltName=DER:30058203610062"));
  ASSERT_TRUE(certificate.ok());
  EXPECT_THAT(certificate->DnsNames(), ElementsAre(std::string("a\0b", 3)));
}

TEST_F(CertificateTest, RefusesNamesThatCannotBeRead) {
  ExpectForm(Certificate::FromPem(Make(p256_, "-addext subjectAltName=DER:3005820361")).status());
}

TEST_F(CertificateTest, RefusesEveryTruncationAndTrail) {
  Make(p256_);
  ASSERT_EQ(folder_.Openssl("x509 -in cert.pem -outform DER -out cert.der").exit_code, 0);
  const std::string der = folder_.Read("cert.der");
  for (size_t size = 0; size < der.size(); ++size)
    ExpectForm(Certificate::FromDer(der.substr(0, size)).status());
  ExpectForm(Certificate::FromDer(der + '\0').status());
}

TEST_F(CertificateTest, RefusesASpellingThatDerForbids) {
  Make(p256_);
  ASSERT_EQ(folder_.Openssl("x509 -in cert.pem -outform DER -out cert.der").exit_code, 0);
  std::string der = folder_.Read("cert.der");
  // The signature is a bit string: its first octet says how many bits of the last are unused, and
  // those must be zero. OpenSSL reads the certificate all the same, and writes another.
  const size_t signature = der.rfind(std::string("\0\x30", 2));
  ASSERT_NE(signature, std::string::npos);
  der[signature] = 3;
  der.back() = '\x0c';
  ExpectForm(Certificate::FromDer(der).status());
}

TEST_F(CertificateTest, FindsTheCertificatesAmongOtherBlocks) {
  const std::string first = Make(p256_);
  const std::string key = folder_.Read("key.pem");
  const std::string second = Make("ed25519");
  const std::string text = "a comment\n" + key + first + "another\n" + second;
  EXPECT_EQ(Certificate::FromPem(text)->ToPem(), first);
  const auto list = Certificate::ListFromPem(text);
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_EQ(list->size(), 2u);
  EXPECT_EQ((*list)[0].ToPem(), first);
  EXPECT_EQ((*list)[1].ToPem(), second);
}

TEST_F(CertificateTest, RefusesAListWithADamagedBlock) {
  const std::string pem = Make(p256_);
  // Cut short, the second would silently be missing.
  ExpectForm(Certificate::ListFromPem(pem + pem.substr(0, pem.size() - 10)).status());
  ExpectForm(Certificate::ListFromPem(pem + pem.substr(0, 100)).status());
  std::string bad = pem;
  bad[60] = '!';
  ExpectForm(Certificate::ListFromPem(pem + bad).status());
  ExpectForm(Certificate::FromPem(bad).status());
}

TEST_F(CertificateTest, RefusesTextWithoutACertificate) {
  Make(p256_);
  for (const std::string& text : {std::string(), std::string("junk"), folder_.Read("key.pem")}) {
    ExpectForm(Certificate::FromPem(text).status());
    ExpectForm(Certificate::ListFromPem(text).status());
  }
}

}  // namespace
}  // namespace passerelle::certs::x509
