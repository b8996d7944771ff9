// Any bytes as a certificate, a PEM text and a public key: what is read is written as the same
// bytes, and nothing chains to an anchor that never signed.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "certs/keys/key.h"
#include "certs/x509/certificate.h"

namespace passerelle::certs::x509 {
namespace {

constexpr int64_t kAtMs = int64_t{1'800'000'000} * 1000;

// Ends the run; the fuzzer keeps the input.
void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckKey(std::string_view input) {
  const auto key = keys::PublicKey::FromSpki(input);
  if (!key.ok()) return;
  Require(key->spki() == input);
  Require(!key->Verify("a message that nobody signed", std::string(64, '\0')).ok());
}

void CheckCertificate(const Certificate& certificate) {
  (void)certificate.not_before_ms();
  (void)certificate.not_after_ms();
  (void)certificate.Uris();
  (void)certificate.DnsNames();
  if (const auto key = certificate.PublicKey(); key.ok()) CheckKey(key->spki());
  for (const Usage usage : {Usage::kTlsClient, Usage::kTlsServer})
    Require(!VerifyChain(certificate, {}, {}, kAtMs, usage).ok());
  // Whatever it says of itself: as its own anchor it is checked to the end.
  (void)VerifyChain(certificate, {}, {&certificate, 1}, kAtMs, Usage::kTlsClient);
}

}  // namespace
}  // namespace passerelle::certs::x509

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using passerelle::certs::x509::Certificate;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  passerelle::certs::x509::CheckKey(input);
  if (const auto certificate = Certificate::FromDer(input); certificate.ok()) {
    if (certificate->ToDer() != input) std::abort();
    passerelle::certs::x509::CheckCertificate(*certificate);
  }
  if (const auto list = Certificate::ListFromPem(input); list.ok())
    for (const Certificate& certificate : *list)
      passerelle::certs::x509::CheckCertificate(certificate);
  return 0;
}
