// raw_send: a client that does not check. It sends a file under a covering exchange whatever its
// columns are, or a statement made for another log, so that quickstart and tests can show what the
// gateway itself refuses. Prints the gateway's findings, or the error's reason. Exit 1 when it was
// refused.
//
//   raw_send [--lang fr|en] [--foreign] PROFILE EXCHANGE(64 hex) PARTY PERIOD FILE
//
// --foreign makes the statement for another log; options may stand anywhere.
#include <cstdio>
#include <string>
#include <vector>

#include "audit/checkpoint/proof.h"
#include "audit/entry/codec.h"
#include "certs/x509/tls_policy.h"
#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/random.h"
#include "gateway/base/status.h"
#include "gateway/client/draft.h"
#include "gateway/client/grpc_channel.h"
#include "gateway/client/profile.h"
#include "gateway/client/session.h"
#include "policy/content/check.h"
#include "policy/rules/catalogue.h"

namespace passerelle::tests {
namespace {

namespace base = gateway::base;
namespace client = gateway::client;

struct Arguments {
  std::string profile, exchange, party, period, file;
  bool foreign = false;
  policy::rules::Language language = policy::rules::Language::kFrench;
};

absl::StatusOr<std::unique_ptr<client::Channel>> Connect(const client::Profile& profile) {
  client::Connection connection;
  connection.target = profile.target;
  ASSIGN_OR_RETURN(connection.anchors_pem, base::ReadFile(profile.ca_file, base::kMaxPemBytes));
  ASSIGN_OR_RETURN(connection.certificate_pem,
                   base::ReadFile(profile.certificate_file, base::kMaxPemBytes));
  ASSIGN_OR_RETURN(std::string key, base::ReadFile(profile.key_file, base::kMaxPemBytes));
  connection.key_pem = base::Secret(std::move(key));
  return client::MakeGrpcChannel(connection);
}

absl::StatusOr<client::Draft> MakeDraft(client::Session& session, const Arguments& arguments,
                                        base::Random& random) {
  statement::v1::ActRef exchange;
  ASSIGN_OR_RETURN(*exchange.mutable_statement(), base::FromHex(arguments.exchange));
  ASSIGN_OR_RETURN(const auto found, session.GetExchange(exchange));
  ASSIGN_OR_RETURN(const std::string payload,
                   base::ReadFile(arguments.file, base::kMaxUnaryPayloadBytes));
  client::Draft draft;
  statement::v1::Act act;
  act.set_party(arguments.party);
  statement::v1::TransferSubmitted& transfer = *act.mutable_transfer_submitted();
  *transfer.mutable_exchange() = exchange;
  *transfer.mutable_dataset() = found.exchange().row().dataset();
  transfer.mutable_recipient()->set_party(found.exchange().row().recipient());
  transfer.set_period(arguments.period);
  transfer.mutable_payload()->set_digest(
      client::Attach(draft, base::CommitmentKind::kPayload, "text/csv", payload, random));
  transfer.set_size_band(policy::content::SizeBand(payload.size()));
  draft.acts.push_back(std::move(act));
  return draft;
}

absl::StatusOr<int> Run(const Arguments& arguments) {
  RETURN_IF_ERROR(certs::x509::RequireTls13());
  const base::SystemClock clock;
  base::SystemRandom random;
  ASSIGN_OR_RETURN(const client::Profile profile, client::ReadProfile(arguments.profile));
  ASSIGN_OR_RETURN(const auto session, client::Session::Open(profile, clock, random));
  ASSIGN_OR_RETURN(const client::Draft draft, MakeDraft(*session, arguments, random));
  ASSIGN_OR_RETURN(statement::v1::Header header,
                   session->NewHeader({session->key().public_key().fingerprint()}));
  if (arguments.foreign) header.set_log(random.Bytes(32));
  client::SignedFile file = client::StartFile(header, draft);
  RETURN_IF_ERROR(client::AddSignature(file, session->key()));
  ASSIGN_OR_RETURN(const statement::v1::Envelope envelope, client::ToEnvelope(file));

  ASSIGN_OR_RETURN(const auto channel, Connect(profile));
  client::api::SendRequest request;
  request.set_log(profile.log);
  request.set_envelope(envelope.SerializeAsString());
  for (const record::v1::Attachment& attachment : file.attachments)
    *request.add_payloads() = attachment;
  ASSIGN_OR_RETURN(const client::api::SendResponse response, channel->Send(request));
  ASSIGN_OR_RETURN(const audit::checkpoint::TlogProof proof,
                   audit::checkpoint::ProofFromText(response.receipt().tlog_proof()));
  ASSIGN_OR_RETURN(const record::v1::Entry entry, audit::entry::DecodeLeaf(proof.extra));
  for (const record::v1::Finding& finding : entry.refused().findings())
    std::printf(
        "  %s %s%s%s%s\n    %s\n", finding.rule().c_str(), finding.code().c_str(),
        finding.line() != 0 ? (" line " + std::to_string(finding.line())).c_str() : "",
        finding.column() != 0 ? (" column " + std::to_string(finding.column())).c_str() : "",
        finding.path().empty() ? "" : (" " + finding.path()).c_str(),
        policy::rules::Describe(finding, arguments.language).c_str());
  return entry.has_refused() ? 1 : 0;
}

// False when the words are not the five of a transfer.
bool Read(int argc, char** argv, Arguments& arguments) {
  std::vector<std::string> words;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--foreign")
      arguments.foreign = true;
    else if (word == "--lang" && i + 1 < argc)
      arguments.language = std::string(argv[++i]) == "en" ? policy::rules::Language::kEnglish
                                                          : policy::rules::Language::kFrench;
    else
      words.push_back(word);
  }
  if (words.size() != 5) return false;
  arguments.profile = words[0];
  arguments.exchange = words[1];
  arguments.party = words[2];
  arguments.period = words[3];
  arguments.file = words[4];
  return true;
}

}  // namespace
}  // namespace passerelle::tests

int main(int argc, char** argv) {
  passerelle::tests::Arguments arguments;
  if (!passerelle::tests::Read(argc, argv, arguments)) {
    std::fprintf(stderr,
                 "usage: raw_send [--lang fr|en] [--foreign] PROFILE EXCHANGE PARTY PERIOD FILE\n");
    return 2;
  }
  const absl::StatusOr<int> code = passerelle::tests::Run(arguments);
  if (code.ok()) return *code;
  std::printf("  %s: %s\n", passerelle::gateway::base::ReasonOf(code.status()).c_str(),
              std::string(code.status().message()).c_str());
  return 1;
}
