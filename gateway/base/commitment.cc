#include "gateway/base/commitment.h"

#include <string>

namespace passerelle::gateway::base {
namespace {

std::string_view TagOf(CommitmentKind kind) {
  switch (kind) {
    case CommitmentKind::kPayload:
      return "passerelle/payload/v1\n";
    case CommitmentKind::kDocument:
      return "passerelle/document/v1\n";
    case CommitmentKind::kPerson:
      return "passerelle/person/v1\n";
    case CommitmentKind::kReader:
      return "passerelle/reader/v1\n";
  }
  return "";
}

}  // namespace

Digest Commit(CommitmentKind kind, std::string_view nonce, std::string_view bytes) {
  return CommitToDigest(kind, nonce, Sha256(bytes));
}

Digest CommitToDigest(CommitmentKind kind, std::string_view nonce, const Digest& content) {
  return Sha256({TagOf(kind), nonce, View(content)});
}

Digest RefusedDigest(std::string_view salt, const Digest& statement) {
  return Sha256({"passerelle/refused/v1\n", salt, View(statement)});
}

std::string EnrolmentMessage(std::string_view log, std::string_view agent, std::string_view spki) {
  std::string message = "passerelle/enrol/v1\n";
  message.append(log);
  message.append(agent);
  message.append(View(Sha256(spki)));
  return message;
}

}  // namespace passerelle::gateway::base
