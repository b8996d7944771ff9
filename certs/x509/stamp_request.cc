#include "certs/x509/stamp_request.h"

#include <cstdlib>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "certs/x509/certificate.h"
#include "certs/x509/revocation.h"
#include "certs/x509/time_stamp.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"

namespace passerelle::certs::x509 {
namespace {

constexpr size_t kNonceBytes = 16;

// The lists of every certificate of the chain that names one (PEM).
absl::StatusOr<std::string> CollectLists(const gateway::base::AskOthers& ask,
                                         const TimeStamp& stamp, const std::string& anchors_pem) {
  std::string pem;
  std::vector<RevocationList> lists;
  // The anchor is trusted for itself.
  for (size_t place = 0; place + 1 < stamp.chain.size(); ++place) {
    for (const std::string& url : RevocationUrls(stamp.chain[place])) {
      gateway::base::Question question;
      question.url = url;
      question.anchors_pem = anchors_pem;
      question.most_bytes = gateway::base::kMaxRevocationListBytes;
      const absl::StatusOr<gateway::base::Reaction> reaction = ask(question);
      if (!reaction.ok() || reaction->code != 200) continue;
      absl::StatusOr<RevocationList> list = RevocationList::FromText(reaction->body);
      if (!list.ok()) continue;
      pem += list->ToPem();
      lists.push_back(*std::move(list));
      break;
    }
  }
  RETURN_IF_ERROR(CheckRevocation(stamp.chain, lists, stamp.time_ms));
  return pem;
}

}  // namespace

absl::StatusOr<ObtainedStamp> RequestStamp(const StampAsking& asking,
                                           const convention::v1::Settings& settings,
                                           const convention::v1::TimeStampAuthority& authority,
                                           std::string_view data) {
  const std::string nonce = asking.random.Bytes(kNonceBytes);
  const std::vector<Certificate> anchors = Readable(authority.trust_anchors());
  gateway::base::Question question;
  question.url = authority.url();
  question.body = TimeStampQuery(data, nonce);
  question.content_type = "application/timestamp-query";
  question.anchors_pem = ToPem(Readable(settings.tls_trust_anchors())) + ToPem(anchors);
  ASSIGN_OR_RETURN(const gateway::base::Reaction reaction, asking.ask(question));
  if (reaction.code != 200 ||
      !absl::StartsWith(reaction.content_type, "application/timestamp-reply"))
    return gateway::base::Error(absl::StatusCode::kUnavailable, "TIME_STAMP_REFUSED", "",
                                absl::StrCat("it answers with code ", reaction.code,
                                             " and no application/timestamp-reply"));
  ASSIGN_OR_RETURN(const TimeStamp stamp, VerifyTimeStamp(reaction.body, {data, nonce}, anchors));
  const int64_t ahead_ms = stamp.time_ms - asking.clock.WallMs();
  if (std::abs(ahead_ms) > int64_t{settings.time_stamp_tolerance_ms()})
    return gateway::base::Error(absl::StatusCode::kFailedPrecondition, "TIME_STAMP_CLOCK", "",
                                absl::StrCat("its clock is ", ahead_ms,
                                             " ms ahead of this machine's, more than the settings "
                                             "tolerate: set this machine's clock"));
  ObtainedStamp obtained;
  ASSIGN_OR_RETURN(const std::string lists, CollectLists(asking.ask, stamp, question.anchors_pem));
  obtained.time_stamp = reaction.body;
  obtained.chain = ToPem(stamp.chain) + lists;
  obtained.time_ms = stamp.time_ms;
  return obtained;
}

}  // namespace passerelle::certs::x509
