#include "tests/support/stamp_authority.h"

#include <openssl/evp.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdlib>

#include "certs/keys/openssl.h"
#include "tests/support/fakes.h"

namespace passerelle::tests {
namespace {

using certs::keys::Owned;
using certs::keys::RequireOpenssl;
using certs::x509::Certificate;

using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Cert = Owned<X509, X509_free>;

// Ten years around the tests' time.
constexpr int64_t kSpanS = int64_t{10} * 365 * 86400;
constexpr long kWeekS = 7L * 86400;
constexpr const char* kPolicy = "1.3.6.1.4.1.99999.1";

Key NewKey() {
  Key key(EVP_EC_gen("P-256"));
  RequireOpenssl(key != nullptr);
  return key;
}

struct Subject {
  const char* name;
  long serial;
  EVP_PKEY* key;
};

void AddExtension(X509* certificate, int nid, const std::string& value) {
  const Owned<X509_EXTENSION, X509_EXTENSION_free> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()));
  RequireOpenssl(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

// Certified by `issuer`, or by itself where that is null.
Cert Certify(const Subject& subject, X509* issuer, EVP_PKEY* issuer_key, const std::string& usage,
             const std::string& list_url) {
  Cert certificate(X509_new());
  RequireOpenssl(certificate != nullptr);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), subject.serial);
  const time_t now = static_cast<time_t>(FakeClock::kStartMs / 1000);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), now - kSpanS);
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), now + kSpanS);
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(subject.name), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), issuer == nullptr ? name : X509_get_subject_name(issuer));
  X509_set_pubkey(certificate.get(), subject.key);
  if (usage.empty()) {
    AddExtension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    AddExtension(certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  } else {
    AddExtension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
    AddExtension(certificate.get(), NID_key_usage, "critical,digitalSignature");
    AddExtension(certificate.get(), NID_ext_key_usage, usage);
  }
  if (!list_url.empty())
    AddExtension(certificate.get(), NID_crl_distribution_points, "URI:" + list_url);
  RequireOpenssl(X509_sign(certificate.get(), issuer_key, EVP_sha256()) > 0);
  return certificate;
}

Certificate Wrapped(const Cert& certificate) {
  return *Certificate::FromDer(certs::keys::ToDerWith(i2d_X509, certificate.get()));
}

std::string ListOf(const Cert& issuer, const Key& key, const Cert& about, int64_t time_ms,
                   bool revoked) {
  const Owned<X509_CRL, X509_CRL_free> list(X509_CRL_new());
  const Owned<ASN1_TIME, ASN1_TIME_free> issued(
      ASN1_TIME_set(nullptr, static_cast<time_t>(time_ms / 1000)));
  const Owned<ASN1_TIME, ASN1_TIME_free> next(
      ASN1_TIME_set(nullptr, static_cast<time_t>(time_ms / 1000) + kWeekS));
  RequireOpenssl(list != nullptr && issued != nullptr && next != nullptr);
  X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer.get()));
  X509_CRL_set1_lastUpdate(list.get(), issued.get());
  X509_CRL_set1_nextUpdate(list.get(), next.get());
  if (revoked) {
    X509_REVOKED* const entry = X509_REVOKED_new();
    RequireOpenssl(entry != nullptr &&
                   X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(about.get())) == 1 &&
                   X509_REVOKED_set_revocationDate(entry, issued.get()) == 1 &&
                   X509_CRL_add0_revoked(list.get(), entry) == 1);
  }
  RequireOpenssl(X509_CRL_sign(list.get(), key.get(), EVP_sha256()) > 0);
  return certs::keys::ToDerWith(i2d_X509_CRL, list.get());
}

struct Now {
  int64_t time_ms = 0;
  long serial = 0;
};

int TellTime(TS_RESP_CTX*, void* data, long* seconds, long* microseconds) {
  const auto* const now = static_cast<const Now*>(data);
  *seconds = static_cast<long>(now->time_ms / 1000);
  *microseconds = static_cast<long>(now->time_ms % 1000) * 1000;
  return 1;
}

ASN1_INTEGER* TellSerial(TS_RESP_CTX*, void* data) {
  ASN1_INTEGER* const serial = ASN1_INTEGER_new();
  ASN1_INTEGER_set(serial, ++static_cast<Now*>(data)->serial);
  return serial;
}

}  // namespace

struct StampAuthority::Parts {
  Key root_key, intermediate_key, signer_key;
  Cert root, intermediate, signer;
  bool leaves_out_intermediate = false;
  Now now;
};

StampAuthority::StampAuthority(const Options& options) : parts_(std::make_unique<Parts>()) {
  parts_->root_key = NewKey();
  parts_->intermediate_key = NewKey();
  parts_->signer_key = NewKey();
  parts_->leaves_out_intermediate = options.leaves_out_intermediate;
  parts_->root = Certify({"Synthetic root", 1, parts_->root_key.get()}, nullptr,
                         parts_->root_key.get(), "", "");
  parts_->intermediate =
      Certify({"Synthetic intermediate", 2, parts_->intermediate_key.get()}, parts_->root.get(),
              parts_->root_key.get(), "", options.intermediate_list_url);
  parts_->signer = Certify({"Synthetic time-stamp authority", 3, parts_->signer_key.get()},
                           parts_->intermediate.get(), parts_->intermediate_key.get(),
                           "critical,timeStamping", options.signer_list_url);
}

StampAuthority::~StampAuthority() = default;

std::string StampAuthority::Answer(std::string_view query, int64_t time_ms) {
  const Owned<TS_RESP_CTX, TS_RESP_CTX_free> context(TS_RESP_CTX_new());
  const Owned<ASN1_OBJECT, ASN1_OBJECT_free> policy(OBJ_txt2obj(kPolicy, 1));
  RequireOpenssl(context != nullptr && policy != nullptr);
  parts_->now.time_ms = time_ms;
  const Owned<STACK_OF(X509), [](STACK_OF(X509) * list) { sk_X509_free(list); }> certificates(
      sk_X509_new_null());
  if (!parts_->leaves_out_intermediate)
    sk_X509_push(certificates.get(), parts_->intermediate.get());
  const bool ready = TS_RESP_CTX_set_signer_cert(context.get(), parts_->signer.get()) == 1 &&
                     TS_RESP_CTX_set_signer_key(context.get(), parts_->signer_key.get()) == 1 &&
                     TS_RESP_CTX_set_signer_digest(context.get(), EVP_sha256()) == 1 &&
                     TS_RESP_CTX_set_def_policy(context.get(), policy.get()) == 1 &&
                     TS_RESP_CTX_set_certs(context.get(), certificates.get()) == 1 &&
                     TS_RESP_CTX_add_md(context.get(), EVP_sha256()) == 1 &&
                     TS_RESP_CTX_set_clock_precision_digits(context.get(), 3) == 1;
  RequireOpenssl(ready);
  TS_RESP_CTX_set_time_cb(context.get(), TellTime, &parts_->now);
  TS_RESP_CTX_set_serial_cb(context.get(), TellSerial, &parts_->now);
  const certs::keys::OwnedBio in = certs::keys::ReadingBio(query);
  const Owned<TS_RESP, TS_RESP_free> response(TS_RESP_create_response(context.get(), in.get()));
  RequireOpenssl(response != nullptr);
  return certs::keys::ToDerWith(i2d_TS_RESP, response.get());
}

Certificate StampAuthority::root() const { return Wrapped(parts_->root); }
Certificate StampAuthority::intermediate() const { return Wrapped(parts_->intermediate); }
Certificate StampAuthority::signer() const { return Wrapped(parts_->signer); }

std::string StampAuthority::SignerList(int64_t time_ms, bool revoked) const {
  return ListOf(parts_->intermediate, parts_->intermediate_key, parts_->signer, time_ms, revoked);
}

std::string StampAuthority::IntermediateList(int64_t time_ms, bool revoked) const {
  return ListOf(parts_->root, parts_->root_key, parts_->intermediate, time_ms, revoked);
}

}  // namespace passerelle::tests
