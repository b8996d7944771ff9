#include "gateway/cli/proved_act.h"

#include "gateway/base/digest.h"
#include "passerelle/statement/v1/envelope.pb.h"

namespace passerelle::gateway::cli {

std::optional<ProvedAct> FindProvedAct(client::Session& session,
                                       const statement::v1::ActRef& name) {
  const absl::StatusOr<base::Digest> statement = base::DigestFromBytes(name.statement());
  if (!statement.ok()) return std::nullopt;
  const absl::StatusOr<client::Answer> answer = session.GetReceipt(*statement);
  statement::v1::Envelope envelope;
  statement::v1::Statement proved;
  if (!answer.ok() || !envelope.ParseFromString(answer->entry.recorded().envelope()) ||
      !proved.ParseFromString(envelope.payload()) ||
      static_cast<int>(name.ordinal()) >= proved.acts_size())
    return std::nullopt;
  return ProvedAct{proved.acts(static_cast<int>(name.ordinal())), answer->entry.time_ms()};
}

}  // namespace passerelle::gateway::cli
