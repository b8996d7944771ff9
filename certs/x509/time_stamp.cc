#include "certs/x509/time_stamp.h"

#include <openssl/pkcs7.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/keys/openssl.h"
#include "gateway/base/digest.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"

namespace passerelle::certs::x509 {
namespace {

using gateway::base::Digest;
using gateway::base::Error;
using gateway::base::Malformed;
using keys::ErrorScope;
using keys::Owned;
using keys::RequireOpenssl;

// OpenSSL's level 2: 112 bits.
constexpr int kSecurityLevel = 2;
constexpr std::array kAcceptedDigests = {NID_sha256, NID_sha384, NID_sha512};

using Response = Owned<TS_RESP, TS_RESP_free>;
using Store = Owned<X509_STORE, X509_STORE_free>;
// Frees the certificates too.
void FreeAll(STACK_OF(X509) * list) { sk_X509_pop_free(list, X509_free); }
// Frees the list alone.
void FreeList(STACK_OF(X509) * list) { sk_X509_free(list); }
using OwnedCertificates = Owned<STACK_OF(X509), FreeAll>;
using BorrowedCertificates = Owned<STACK_OF(X509), FreeList>;

absl::Status Invalid(std::string_view why) {
  return Error(absl::StatusCode::kUnauthenticated, "TIME_STAMP_INVALID", "",
               absl::StrCat("the time stamp proves nothing: ", std::string(why)));
}

// What OpenSSL queued last, in its words.
std::string LastError() {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason == nullptr ? "it does not verify" : reason;
}

absl::StatusOr<Response> Parse(std::string_view der) {
  if (der.size() > gateway::base::kMaxTimeStampBytes)
    return Malformed("TIME_STAMP_FORM", "", "the response is too long");
  const unsigned char* in = keys::Bytes(der);
  Response response(d2i_TS_RESP(nullptr, &in, static_cast<long>(der.size())));
  if (response == nullptr || in != keys::Bytes(der) + der.size())
    return Malformed("TIME_STAMP_FORM", "", "this is not one DER response of RFC 3161");
  return response;
}

// UNAVAILABLE unless the authority granted a stamp.
absl::Status CheckGranted(TS_RESP* response) {
  TS_STATUS_INFO* const status = TS_RESP_get_status_info(response);
  const int64_t code = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(status));
  if ((code == TS_STATUS_GRANTED || code == TS_STATUS_GRANTED_WITH_MODS) &&
      TS_RESP_get_token(response) != nullptr && TS_RESP_get_tst_info(response) != nullptr)
    return absl::OkStatus();
  std::string words;
  const STACK_OF(ASN1_UTF8STRING)* const text = TS_STATUS_INFO_get0_text(status);
  for (int i = 0; i < sk_ASN1_UTF8STRING_num(text); ++i) {
    const ASN1_UTF8STRING* const line = sk_ASN1_UTF8STRING_value(text, i);
    for (int at = 0; at < ASN1_STRING_length(line); ++at) {
      // A terminal would obey what is no plain character.
      const unsigned char c = ASN1_STRING_get0_data(line)[at];
      words += c >= 0x20 && c < 0x7f ? static_cast<char>(c) : '?';
    }
    words += ' ';
  }
  return Error(absl::StatusCode::kUnavailable, "TIME_STAMP_REFUSED", "",
               absl::StrCat("the authority gives no time stamp (status ", code, "): ", words));
}

// The time that it states, fractions of a second included.
absl::StatusOr<int64_t> TimeOf(TS_RESP* response) {
  const ASN1_GENERALIZEDTIME* const time = TS_TST_INFO_get_time(TS_RESP_get_tst_info(response));
  std::tm civil{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &civil) != 1)
    return Invalid("its time cannot be read");
  int64_t time_ms = int64_t{timegm(&civil)} * 1000;
  const std::string_view text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(time)),
                              static_cast<size_t>(ASN1_STRING_length(time)));
  int64_t unit_ms = 100;
  for (size_t at = text.find('.'); at != std::string_view::npos && ++at < text.size();
       unit_ms /= 10) {
    if (text[at] < '0' || text[at] > '9') break;
    time_ms += (text[at] - '0') * unit_ms;
  }
  return time_ms;
}

absl::Status CheckDigests(TS_RESP* response) {
  const X509_ALGOR* const imprint =
      TS_MSG_IMPRINT_get_algo(TS_TST_INFO_get_msg_imprint(TS_RESP_get_tst_info(response)));
  if (OBJ_obj2nid(imprint->algorithm) != NID_sha256) return Invalid("its imprint is not SHA-256");
  const STACK_OF(PKCS7_SIGNER_INFO)* const signers =
      PKCS7_get_signer_info(TS_RESP_get_token(response));
  for (int i = 0; i < sk_PKCS7_SIGNER_INFO_num(signers); ++i) {
    const int digest = OBJ_obj2nid(sk_PKCS7_SIGNER_INFO_value(signers, i)->digest_alg->algorithm);
    if (std::find(kAcceptedDigests.begin(), kAcceptedDigests.end(), digest) ==
        kAcceptedDigests.end())
      return Invalid("it is signed with a digest weaker than SHA-256");
  }
  return absl::OkStatus();
}

// The anchors, at the time that is stated. An intermediate may be an anchor.
Store StoreOf(absl::Span<const Certificate> anchors, int64_t time_ms) {
  Store store(X509_STORE_new());
  RequireOpenssl(store != nullptr);
  for (const Certificate& anchor : anchors)
    RequireOpenssl(X509_STORE_add_cert(store.get(), anchor.x509()) == 1);
  X509_VERIFY_PARAM* const parameters = X509_STORE_get0_param(store.get());
  X509_VERIFY_PARAM_set_time(parameters, time_ms / 1000);
  X509_VERIFY_PARAM_set_auth_level(parameters, kSecurityLevel);
  RequireOpenssl(X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN) == 1);
  return store;
}

// What may stand between signer and anchor.
OwnedCertificates Untrusted(TS_RESP* response, absl::Span<const Certificate> more) {
  OwnedCertificates untrusted(sk_X509_new_null());
  RequireOpenssl(untrusted != nullptr);
  const auto add = [&](X509* certificate) {
    RequireOpenssl(X509_up_ref(certificate) == 1 && sk_X509_push(untrusted.get(), certificate) > 0);
  };
  for (const Certificate& certificate : more) add(certificate.x509());
  const STACK_OF(X509)* const sent = TS_RESP_get_token(response)->d.sign->cert;
  for (int i = 0; i < sk_X509_num(sent); ++i) add(sk_X509_value(sent, i));
  return untrusted;
}

// A nonce as the number that it stands for.
Owned<ASN1_INTEGER, ASN1_INTEGER_free> NumberOf(std::string_view nonce) {
  const keys::OwnedBn number(
      BN_bin2bn(keys::Bytes(nonce), static_cast<int>(nonce.size()), nullptr));
  RequireOpenssl(number != nullptr);
  Owned<ASN1_INTEGER, ASN1_INTEGER_free> integer(BN_to_ASN1_INTEGER(number.get(), nullptr));
  RequireOpenssl(integer != nullptr);
  return integer;
}

absl::Status CheckNonce(TS_RESP* response, std::string_view nonce) {
  const ASN1_INTEGER* const answered = TS_TST_INFO_get_nonce(TS_RESP_get_tst_info(response));
  if (answered != nullptr && ASN1_INTEGER_cmp(answered, NumberOf(nonce).get()) == 0)
    return absl::OkStatus();
  return Invalid("it answers another query");
}

// Imprint, signature and chain, as OpenSSL checks them.
absl::Status CheckSignature(TS_RESP* response, std::string_view message, Store store,
                            OwnedCertificates untrusted) {
  const Owned<TS_VERIFY_CTX, TS_VERIFY_CTX_free> context(TS_VERIFY_CTX_new());
  const Digest digest = gateway::base::Sha256(message);
  auto* const imprint = static_cast<unsigned char*>(OPENSSL_memdup(digest.data(), digest.size()));
  RequireOpenssl(context != nullptr && imprint != nullptr);
  TS_VERIFY_CTX_set_flags(context.get(), TS_VFY_VERSION | TS_VFY_IMPRINT | TS_VFY_SIGNATURE);
  // Each takes over what it is given.
  TS_VERIFY_CTX_set_imprint(context.get(), imprint, static_cast<long>(digest.size()));
  TS_VERIFY_CTX_set_store(context.get(), store.release());
  TS_VERIFY_CTS_set_certs(context.get(), untrusted.release());
  if (TS_RESP_verify_response(context.get(), response) == 1) return absl::OkStatus();
  return Invalid(LastError());
}

}  // namespace

std::string TimeStampQuery(std::string_view message, std::string_view nonce) {
  const Owned<TS_REQ, TS_REQ_free> query(TS_REQ_new());
  const Owned<TS_MSG_IMPRINT, TS_MSG_IMPRINT_free> imprint(TS_MSG_IMPRINT_new());
  const Owned<X509_ALGOR, X509_ALGOR_free> algorithm(X509_ALGOR_new());
  RequireOpenssl(query != nullptr && imprint != nullptr && algorithm != nullptr);
  RequireOpenssl(X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) ==
                 1);
  Digest digest = gateway::base::Sha256(message);
  RequireOpenssl(
      TS_REQ_set_version(query.get(), 1) == 1 &&
      TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1 &&
      TS_MSG_IMPRINT_set_msg(imprint.get(), digest.data(), static_cast<int>(digest.size())) == 1 &&
      TS_REQ_set_msg_imprint(query.get(), imprint.get()) == 1 &&
      TS_REQ_set_nonce(query.get(), NumberOf(nonce).get()) == 1 &&
      TS_REQ_set_cert_req(query.get(), 1) == 1);
  return keys::ToDerWith(i2d_TS_REQ, query.get());
}

absl::StatusOr<TimeStamp> VerifyTimeStamp(std::string_view response, const StampedMessage& stamped,
                                          absl::Span<const Certificate> anchors,
                                          absl::Span<const Certificate> more) {
  const ErrorScope errors;
  ASSIGN_OR_RETURN(const Response parsed, Parse(response));
  RETURN_IF_ERROR(CheckGranted(parsed.get()));
  TimeStamp stamp;
  ASSIGN_OR_RETURN(stamp.time_ms, TimeOf(parsed.get()));
  RETURN_IF_ERROR(CheckDigests(parsed.get()));
  if (stamped.nonce.has_value()) RETURN_IF_ERROR(CheckNonce(parsed.get(), *stamped.nonce));
  RETURN_IF_ERROR(CheckSignature(parsed.get(), stamped.message, StoreOf(anchors, stamp.time_ms),
                                 Untrusted(parsed.get(), more)));
  // The chain once more, for it is kept: OpenSSL keeps the one that it verified to itself.
  const OwnedCertificates untrusted = Untrusted(parsed.get(), more);
  const BorrowedCertificates signers(
      PKCS7_get0_signers(TS_RESP_get_token(parsed.get()), untrusted.get(), 0));
  const Store store = StoreOf(anchors, stamp.time_ms);
  const Owned<X509_STORE_CTX, X509_STORE_CTX_free> context(X509_STORE_CTX_new());
  RequireOpenssl(context != nullptr);
  if (sk_X509_num(signers.get()) != 1 ||
      X509_STORE_CTX_init(context.get(), store.get(), sk_X509_value(signers.get(), 0),
                          untrusted.get()) != 1 ||
      X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_TIMESTAMP_SIGN) != 1 ||
      X509_verify_cert(context.get()) != 1)
    return Invalid("its signer has no chain to an anchor");
  const OwnedCertificates chain(X509_STORE_CTX_get1_chain(context.get()));
  for (int i = 0; i < sk_X509_num(chain.get()); ++i) {
    ASSIGN_OR_RETURN(Certificate certificate, Certificate::FromDer(keys::ToDerWith(
                                                  i2d_X509, sk_X509_value(chain.get(), i))));
    stamp.chain.push_back(std::move(certificate));
  }
  return stamp;
}

}  // namespace passerelle::certs::x509
