#include "certs/x509/certificate.h"

#include <openssl/asn1.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <utility>

#include "certs/keys/openssl.h"
#include "gateway/base/status.h"

namespace passerelle::certs::x509 {
namespace {

using gateway::base::Malformed;
using keys::Bytes;
using keys::ErrorScope;
using keys::Owned;
using keys::OwnedBio;
using keys::RequireOpenssl;

using OwnedNames = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;

absl::Status Damaged(std::string_view message) {
  return Malformed("CERTIFICATE_FORM", "", message);
}

bool IsReadable(const ASN1_TIME* time) {
  std::tm civil{};
  return time != nullptr && ASN1_TIME_to_tm(time, &civil) == 1;
}

int64_t Milliseconds(const ASN1_TIME* time) {
  std::tm civil{};
  RequireOpenssl(ASN1_TIME_to_tm(time, &civil) == 1);
  return int64_t{timegm(&civil)} * 1000;
}

// The subject alternative names; null when there are none.
OwnedNames NamesOf(const X509* certificate) {
  const ErrorScope errors;
  return OwnedNames(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
}

// Whether the names are absent, or stated once and well.
bool HasReadableNames(const X509* certificate) {
  int critical = 0;
  const OwnedNames names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, &critical, nullptr)));
  return names != nullptr || critical == -1;
}

std::vector<std::string> NamesOfKind(const X509* certificate, int kind) {
  std::vector<std::string> found;
  const OwnedNames names = NamesOf(certificate);
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != kind) continue;
    // DNS names and URIs share one type of string.
    const ASN1_IA5STRING* text = name->d.ia5;
    found.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                       static_cast<size_t>(ASN1_STRING_length(text)));
  }
  return found;
}

// One block of a PEM text.
struct Block {
  std::string name;
  std::string data;
};

// The next block; an empty name at the end of the text, INVALID_ARGUMENT for a damaged one.
absl::StatusOr<Block> NextBlock(BIO* bio) {
  const ErrorScope errors;
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  if (PEM_read_bio(bio, &name, &header, &data, &size) != 1) {
    if (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE) return Block{};
    return Damaged("a block of this PEM text is damaged");
  }
  Block block{name, std::string(reinterpret_cast<char*>(data), static_cast<size_t>(size))};
  OPENSSL_free(name);
  OPENSSL_free(header);
  // A file may hold a private key beside its certificates.
  OPENSSL_clear_free(data, static_cast<size_t>(size));
  return block;
}

}  // namespace

absl::StatusOr<Certificate> Certificate::FromDer(std::string_view der) {
  const ErrorScope errors;
  const unsigned char* in = Bytes(der);
  std::shared_ptr<X509> certificate(d2i_X509(nullptr, &in, static_cast<long>(der.size())),
                                    X509_free);
  if (certificate == nullptr || in != Bytes(der) + der.size())
    return Damaged("this is not one DER certificate");
  if (!IsReadable(X509_get0_notBefore(certificate.get())) ||
      !IsReadable(X509_get0_notAfter(certificate.get())))
    return Damaged("the certificate's dates cannot be read");
  if (!HasReadableNames(certificate.get()))
    return Damaged("the certificate's subject alternative names cannot be read");
  // OpenSSL reads what DER forbids, such as bits that a bit string calls unused and sets.
  if (keys::ToDerWith(i2d_X509, certificate.get()) != der)
    return Damaged("the certificate is not written as DER prescribes");
  // OpenSSL works the extensions out at first use and writes them into the object: now, before it
  // is shared.
  X509_check_purpose(certificate.get(), -1, 0);
  return Certificate(std::move(certificate));
}

absl::StatusOr<Certificate> Certificate::FromPem(std::string_view pem) {
  const OwnedBio bio = keys::ReadingBio(pem);
  while (true) {
    ASSIGN_OR_RETURN(const Block block, NextBlock(bio.get()));
    if (block.name.empty()) return Damaged("this text holds no certificate");
    if (block.name == PEM_STRING_X509) return FromDer(block.data);
  }
}

absl::StatusOr<std::vector<Certificate>> Certificate::ListFromPem(std::string_view pem) {
  const OwnedBio bio = keys::ReadingBio(pem);
  std::vector<Certificate> list;
  while (true) {
    ASSIGN_OR_RETURN(const Block block, NextBlock(bio.get()));
    if (block.name.empty()) break;
    if (block.name != PEM_STRING_X509) continue;
    ASSIGN_OR_RETURN(Certificate certificate, FromDer(block.data));
    list.push_back(std::move(certificate));
  }
  if (list.empty()) return Damaged("this text holds no certificate");
  return list;
}

std::string Certificate::ToDer() const { return keys::ToDerWith(i2d_X509, certificate_.get()); }

std::string Certificate::ToPem() const {
  const OwnedBio bio = keys::WritingBio();
  RequireOpenssl(PEM_write_bio_X509(bio.get(), certificate_.get()) == 1);
  return keys::Written(bio.get());
}

absl::StatusOr<keys::PublicKey> Certificate::PublicKey() const {
  // The bytes as certified: OpenSSL's own key object would hide how the point was written.
  return keys::PublicKey::FromSpki(
      keys::ToDerWith(i2d_X509_PUBKEY, X509_get_X509_PUBKEY(certificate_.get())));
}

int64_t Certificate::not_before_ms() const {
  return Milliseconds(X509_get0_notBefore(certificate_.get()));
}

int64_t Certificate::not_after_ms() const {
  return Milliseconds(X509_get0_notAfter(certificate_.get()));
}

std::vector<std::string> Certificate::Uris() const {
  return NamesOfKind(certificate_.get(), GEN_URI);
}

std::vector<std::string> Certificate::DnsNames() const {
  return NamesOfKind(certificate_.get(), GEN_DNS);
}

bool Certificate::HasHost() const {
  const OwnedNames names = NamesOf(certificate_.get());
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const int kind = sk_GENERAL_NAME_value(names.get(), i)->type;
    if (kind == GEN_DNS || kind == GEN_IPADD) return true;
  }
  return false;
}

bool Certificate::IsFor(const std::string& host) const {
  const ErrorScope errors;
  return X509_check_ip_asc(certificate_.get(), host.c_str(), 0) == 1 ||
         X509_check_host(certificate_.get(), host.data(), host.size(), 0, nullptr) == 1;
}

std::string ToPem(absl::Span<const Certificate> certificates) {
  std::string pem;
  for (const Certificate& certificate : certificates) pem += certificate.ToPem();
  return pem;
}

}  // namespace passerelle::certs::x509
