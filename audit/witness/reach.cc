#include "audit/witness/reach.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"

namespace passerelle::audit::witness {

absl::StatusOr<WitnessAnswer> AskAt(const gateway::base::AskOthers& ask, const Address& address,
                                    std::string_view path, const std::string* body) {
  gateway::base::Question question;
  question.url = absl::StrCat(absl::StripSuffix(address.url, "/"), gateway::base::Absl(path));
  if (body != nullptr) question.body = *body;
  question.content_type = "text/plain; charset=utf-8";
  question.anchors_pem = address.anchors_pem;
  ASSIGN_OR_RETURN(gateway::base::Reaction reaction, ask(question));
  return WitnessAnswer{reaction.code, std::move(reaction.content_type), std::move(reaction.body)};
}

}  // namespace passerelle::audit::witness
