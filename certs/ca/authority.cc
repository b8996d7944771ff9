#include "certs/ca/authority.h"

#include <openssl/asn1.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "absl/strings/str_cat.h"
#include "certs/ca/profile.h"
#include "certs/keys/openssl.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/new_file.h"
#include "gateway/base/status.h"

namespace passerelle::certs::ca {
namespace {

using gateway::base::Error;
using gateway::base::Malformed;
using gateway::base::Random;
using gateway::base::Secret;
using keys::ErrorScope;
using keys::Owned;
using keys::RequireOpenssl;
using x509::Certificate;

constexpr size_t kSerialBytes = 16;

std::string KeyPath(const std::string& folder) { return folder + "/ca.key"; }
std::string CertificatePath(const std::string& folder) { return folder + "/ca.pem"; }

using OwnedX509 = Owned<X509, X509_free>;

// A certificate without issuer, extensions and signature. REQUIRES: CheckCommonName and
// CheckValidity accepted the arguments.
OwnedX509 Draft(std::string_view common_name, int64_t not_before_ms, int64_t not_after_ms,
                const keys::PublicKey& key, Random& random) {
  OwnedX509 draft(X509_new());
  RequireOpenssl(draft != nullptr && X509_set_version(draft.get(), X509_VERSION_3) == 1 &&
                 X509_set_pubkey(draft.get(), key.evp()) == 1);
  std::string serial = random.Bytes(kSerialBytes);
  // Positive, and of the same length whatever the bytes.
  serial[0] = static_cast<char>((serial[0] & 0x7f) | 0x40);
  const keys::OwnedBn number(BN_bin2bn(keys::Bytes(serial), kSerialBytes, nullptr));
  RequireOpenssl(number != nullptr &&
                 BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(draft.get())) != nullptr);
  RequireOpenssl(X509_NAME_add_entry_by_NID(X509_get_subject_name(draft.get()), NID_commonName,
                                            MBSTRING_UTF8, keys::Bytes(common_name),
                                            static_cast<int>(common_name.size()), -1, 0) == 1);
  RequireOpenssl(ASN1_TIME_set(X509_getm_notBefore(draft.get()), not_before_ms / 1000) != nullptr &&
                 ASN1_TIME_set(X509_getm_notAfter(draft.get()), not_after_ms / 1000) != nullptr);
  return draft;
}

// Adds an extension written in OpenSSL's configuration language: constant text only, since it has
// separators of its own.
void Extend(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION, X509_EXTENSION_free> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  RequireOpenssl(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

// Appends a DNS name or a URI, which share one type of string.
void AppendText(GENERAL_NAMES* names, int kind, std::string_view text) {
  Owned<ASN1_IA5STRING, ASN1_IA5STRING_free> value(ASN1_IA5STRING_new());
  Owned<GENERAL_NAME, GENERAL_NAME_free> name(GENERAL_NAME_new());
  RequireOpenssl(value != nullptr && name != nullptr &&
                 ASN1_STRING_set(value.get(), text.data(), static_cast<int>(text.size())) == 1);
  GENERAL_NAME_set0_value(name.get(), kind, value.release());
  RequireOpenssl(sk_GENERAL_NAME_push(names, name.release()) > 0);
}

// Appends an address. REQUIRES: CheckProfile accepted it.
void AppendAddress(GENERAL_NAMES* names, const std::string& address) {
  Owned<GENERAL_NAME, GENERAL_NAME_free> name(GENERAL_NAME_new());
  ASN1_OCTET_STRING* value = a2i_IPADDRESS(address.c_str());
  RequireOpenssl(value != nullptr && name != nullptr);
  GENERAL_NAME_set0_value(name.get(), GEN_IPADD, value);
  RequireOpenssl(sk_GENERAL_NAME_push(names, name.release()) > 0);
}

void AddNames(X509* certificate, const Profile& profile) {
  const Owned<GENERAL_NAMES, GENERAL_NAMES_free> names(GENERAL_NAMES_new());
  RequireOpenssl(names != nullptr);
  for (const std::string& name : profile.dns_names) AppendText(names.get(), GEN_DNS, name);
  for (const std::string& address : profile.ip_addresses) AppendAddress(names.get(), address);
  if (!profile.uri.empty()) AppendText(names.get(), GEN_URI, profile.uri);
  RequireOpenssl(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0,
                                   X509V3_ADD_DEFAULT) == 1);
}

absl::StatusOr<Certificate> Sign(X509* draft, const keys::PrivateKey& key) {
  RequireOpenssl(X509_sign(draft, key.evp(), EVP_sha256()) > 0);
  return Certificate::FromDer(keys::ToDerWith(i2d_X509, draft));
}

}  // namespace

absl::StatusOr<Authority> Authority::Create(std::string_view common_name, int64_t not_before_ms,
                                            int64_t not_after_ms, Random& random) {
  const ErrorScope errors;
  RETURN_IF_ERROR(CheckCommonName(common_name));
  RETURN_IF_ERROR(CheckValidity(not_before_ms, not_after_ms));
  ASSIGN_OR_RETURN(keys::PrivateKey key, keys::PrivateKey::Generate(keys::KeyType::kP256));
  const OwnedX509 draft = Draft(common_name, not_before_ms, not_after_ms, key.public_key(), random);
  X509* root = draft.get();
  RequireOpenssl(X509_set_issuer_name(root, X509_get_subject_name(root)) == 1);
  Extend(root, root, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  Extend(root, root, NID_key_usage, "critical,keyCertSign");
  Extend(root, root, NID_subject_key_identifier, "hash");
  Extend(root, root, NID_authority_key_identifier, "keyid:always");
  ASSIGN_OR_RETURN(Certificate certificate, Sign(root, key));
  return Authority(std::move(key), std::move(certificate));
}

absl::StatusOr<Authority> Authority::Load(const std::string& folder, const Secret& passphrase) {
  const ErrorScope errors;
  ASSIGN_OR_RETURN(keys::PrivateKey key, keys::PrivateKey::Load(KeyPath(folder), passphrase));
  const std::string path = CertificatePath(folder);
  ASSIGN_OR_RETURN(const std::string pem,
                   gateway::base::ReadFile(path, gateway::base::kMaxPemBytes));
  absl::StatusOr<Certificate> certificate = Certificate::FromPem(pem);
  if (!certificate.ok()) return gateway::base::InContext(certificate.status(), path);
  const absl::StatusOr<keys::PublicKey> certified = certificate->PublicKey();
  if (!certified.ok() || certified->spki() != key.public_key().spki() ||
      X509_check_ca(certificate->x509()) != 1)
    return Error(absl::StatusCode::kFailedPrecondition, "CA_MISMATCH", "",
                 absl::StrCat(path, ": is not the authority's certificate of the key beside it"));
  return Authority(std::move(key), *std::move(certificate));
}

absl::Status Authority::Save(const std::string& folder, const Secret& passphrase) const {
  // Asked before either is written: half an authority would be of no use.
  for (const std::string& path : {KeyPath(folder), CertificatePath(folder)})
    if (gateway::base::Exists(path))
      return Error(absl::StatusCode::kAlreadyExists, "FILE_EXISTS", "",
                   absl::StrCat(path, ": is there already and is never overwritten"));
  RETURN_IF_ERROR(key_.Save(KeyPath(folder), passphrase));
  return gateway::base::WriteNewFile(CertificatePath(folder), certificate_.ToPem(),
                                     gateway::base::FileMode::kPublic);
}

absl::StatusOr<Certificate> Authority::Issue(const Profile& profile, const keys::PublicKey& key,
                                             Random& random) const {
  const ErrorScope errors;
  RETURN_IF_ERROR(CheckProfile(profile));
  if (profile.not_after_ms > certificate_.not_after_ms())
    return Malformed("PROFILE", "not_after_ms", "a leaf ends no later than its root");
  const OwnedX509 draft =
      Draft(profile.common_name, profile.not_before_ms, profile.not_after_ms, key, random);
  X509* leaf = draft.get();
  X509* root = certificate_.x509();
  RequireOpenssl(X509_set_issuer_name(leaf, X509_get_subject_name(root)) == 1);
  Extend(leaf, root, NID_basic_constraints, "critical,CA:FALSE");
  Extend(leaf, root, NID_key_usage, "critical,digitalSignature");
  Extend(leaf, root, NID_ext_key_usage, IsServer(profile) ? "serverAuth" : "clientAuth");
  AddNames(leaf, profile);
  Extend(leaf, root, NID_subject_key_identifier, "hash");
  Extend(leaf, root, NID_authority_key_identifier, "keyid:always");
  return Sign(leaf, key_);
}

}  // namespace passerelle::certs::ca
