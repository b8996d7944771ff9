#include "gateway/http/outside.h"

#include <utility>

#include "gateway/base/status.h"
#include "gateway/http/client.h"

namespace passerelle::gateway::http {

base::AskOthers AsksOthers(const base::Clock& clock) {
  return [&clock](const base::Question& question) -> absl::StatusOr<base::Reaction> {
    Call call;
    call.url = question.url;
    call.body = question.body;
    call.content_type = question.content_type;
    call.anchors_pem = question.anchors_pem;
    call.timeout_ms = 5000;
    call.most_answer_bytes = question.most_bytes;
    ASSIGN_OR_RETURN(Answer answer, Ask(call, clock));
    return base::Reaction{answer.code, std::move(answer.content_type), std::move(answer.body)};
  };
}

}  // namespace passerelle::gateway::http
