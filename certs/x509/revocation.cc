#include "certs/x509/revocation.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "certs/keys/openssl.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::certs::x509 {
namespace {

using gateway::base::Error;
using gateway::base::Malformed;
using keys::ErrorScope;
using keys::Owned;
using keys::RequireOpenssl;

absl::Status Damaged(std::string_view message) { return Malformed("REVOCATION_FORM", "", message); }

using List = Owned<X509_CRL, X509_CRL_free>;

// Whether the issuer signed the list and it still counted then.
bool Counts(X509_CRL* list, const Certificate& issuer, int64_t at_ms) {
  if (X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_subject_name(issuer.x509())) != 0)
    return false;
  EVP_PKEY* const key = X509_get0_pubkey(issuer.x509());
  if (key == nullptr || X509_CRL_verify(list, key) != 1) return false;
  std::tm next{};
  const ASN1_TIME* const next_update = X509_CRL_get0_nextUpdate(list);
  return next_update == nullptr ||
         (ASN1_TIME_to_tm(next_update, &next) == 1 && int64_t{timegm(&next)} * 1000 >= at_ms);
}

}  // namespace

absl::StatusOr<RevocationList> RevocationList::FromText(std::string_view text) {
  const ErrorScope errors;
  if (absl::StrContains(gateway::base::Absl(text), "-----BEGIN X509 CRL-----")) {
    ASSIGN_OR_RETURN(std::vector<RevocationList> lists, ListFromPem(text));
    if (lists.size() == 1) return std::move(lists[0]);
    return Damaged("this text holds more than one revocation list");
  }
  const unsigned char* in = keys::Bytes(text);
  List list(d2i_X509_CRL(nullptr, &in, static_cast<long>(text.size())));
  if (list == nullptr || in != keys::Bytes(text) + text.size())
    return Damaged("this is not one revocation list");
  return RevocationList(std::shared_ptr<X509_CRL>(list.release(), X509_CRL_free));
}

absl::StatusOr<std::vector<RevocationList>> RevocationList::ListFromPem(std::string_view pem) {
  const ErrorScope errors;
  const keys::OwnedBio bio = keys::ReadingBio(pem);
  std::vector<RevocationList> lists;
  while (true) {
    std::shared_ptr<X509_CRL> list(PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr),
                                   X509_CRL_free);
    if (list != nullptr) {
      lists.push_back(RevocationList(std::move(list)));
      continue;
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE) return lists;
    return Damaged("a revocation list of this PEM text is damaged");
  }
}

std::string RevocationList::ToPem() const {
  const keys::OwnedBio bio = keys::WritingBio();
  RequireOpenssl(PEM_write_bio_X509_CRL(bio.get(), list_.get()) == 1);
  return keys::Written(bio.get());
}

std::vector<std::string> RevocationUrls(const Certificate& certificate) {
  const ErrorScope errors;
  const Owned<CRL_DIST_POINTS, CRL_DIST_POINTS_free> points(static_cast<CRL_DIST_POINTS*>(
      X509_get_ext_d2i(certificate.x509(), NID_crl_distribution_points, nullptr, nullptr)));
  std::vector<std::string> urls;
  for (int i = 0; i < sk_DIST_POINT_num(points.get()); ++i) {
    const DIST_POINT* const point = sk_DIST_POINT_value(points.get(), i);
    // Type 0: by its full name.
    if (point->distpoint == nullptr || point->distpoint->type != 0) continue;
    const GENERAL_NAMES* const names = point->distpoint->name.fullname;
    for (int n = 0; n < sk_GENERAL_NAME_num(names); ++n) {
      const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names, n);
      if (name->type != GEN_URI) continue;
      const ASN1_IA5STRING* const text = name->d.uniformResourceIdentifier;
      std::string url(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                      static_cast<size_t>(ASN1_STRING_length(text)));
      if (absl::StartsWith(url, "http://") || absl::StartsWith(url, "https://"))
        urls.push_back(std::move(url));
    }
  }
  return urls;
}

absl::Status CheckRevocation(absl::Span<const Certificate> chain,
                             absl::Span<const RevocationList> lists, int64_t at_ms) {
  const ErrorScope errors;
  // The last one is trusted for itself.
  for (size_t place = 0; place + 1 < chain.size(); ++place) {
    bool listed = RevocationUrls(chain[place]).empty();
    for (const RevocationList& list : lists) {
      if (!Counts(list.crl(), chain[place + 1], at_ms)) continue;
      listed = true;
      X509_REVOKED* revoked = nullptr;
      if (X509_CRL_get0_by_cert(list.crl(), &revoked, chain[place].x509()) == 1)
        return Error(absl::StatusCode::kUnauthenticated, "CERTIFICATE_REVOKED", "",
                     absl::StrCat("certificate ", place, " of the chain is revoked"));
    }
    if (!listed)
      return Error(absl::StatusCode::kNotFound, "REVOCATION_MISSING", "",
                   absl::StrCat("no revocation list of the issuer of certificate ", place,
                                " of the chain that still counted"));
  }
  return absl::OkStatus();
}

}  // namespace passerelle::certs::x509
