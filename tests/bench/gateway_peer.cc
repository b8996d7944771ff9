#include <atomic>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/random.h"
#include "gateway/base/status.h"
#include "gateway/client/grpc_channel.h"
#include "gateway/client/session.h"
#include "policy/content/check.h"
#include "tests/bench/peer.h"

namespace passerelle::tests {
namespace {

namespace base = gateway::base;
namespace client = gateway::client;

constexpr char kMediaType[] = "text/csv";
constexpr char kPeriod[] = "2026";

void Unheard(uint64_t, uint64_t) {}

// What is sent again and again: only its statement is new each time.
struct Prepared {
  client::Draft draft;
  // A stream's content.
  std::optional<client::ContentFile> file;
};

class GatewayPeer final : public Peer {
 public:
  GatewayPeer(client::Profile profile, PeerOptions options)
      : profile_(std::move(profile)), options_(std::move(options)) {}

  absl::Status Connect() {
    client::Connection connection;
    connection.target = profile_.target;
    ASSIGN_OR_RETURN(connection.anchors_pem, base::ReadFile(profile_.ca_file, base::kMaxPemBytes));
    ASSIGN_OR_RETURN(connection.certificate_pem,
                     base::ReadFile(profile_.certificate_file, base::kMaxPemBytes));
    ASSIGN_OR_RETURN(const certs::keys::PrivateKey key, client::LoadKey(profile_));
    connection.key_pem = key.ToPem();
    std::vector<std::shared_ptr<client::Channel>> channels;
    for (int i = 0; i < options_.channels; ++i)
      channels.push_back(client::MakeGrpcChannel(connection));
    for (int worker = 0; worker < options_.workers; ++worker) {
      client::Profile own = profile_;
      own.checkpoint_file = absl::StrCat(options_.scratch, "/", worker, ".checkpoint");
      ASSIGN_OR_RETURN(certs::keys::PrivateKey own_key, client::LoadKey(profile_));
      ASSIGN_OR_RETURN(
          sessions_.emplace_back(),
          client::Session::OpenOver(own, channels[static_cast<size_t>(worker) % channels.size()],
                                    std::move(own_key), clock_, random_));
    }
    last_.resize(sessions_.size());
    return absl::OkStatus();
  }

  absl::Status Prepare(const std::vector<Load>& loads) {
    for (const Load& load : loads)
      for (uint64_t i = 0; i < options_.documents; ++i) {
        ASSIGN_OR_RETURN(documents_.emplace_back(),
                         client::CommitToFile(load.path, base::CommitmentKind::kDocument,
                                              kMediaType, random_, Unheard));
      }
    // Whoever sends no transfer needs no exchange.
    if (options_.exchange.empty()) return absl::OkStatus();
    statement::v1::ActRef exchange;
    ASSIGN_OR_RETURN(*exchange.mutable_statement(), base::FromHex(options_.exchange));
    ASSIGN_OR_RETURN(const client::api::GetExchangeResponse found,
                     sessions_[0]->GetExchange(exchange));
    const record::v1::ExchangeRow& row = found.exchange().row();
    for (const Load& load : loads) {
      Prepared prepared;
      for (int i = 0; i < options_.acts; ++i) {
        statement::v1::Act& act = prepared.draft.acts.emplace_back();
        act.set_party(row.holder());
        statement::v1::TransferSubmitted& transfer = *act.mutable_transfer_submitted();
        *transfer.mutable_exchange() = exchange;
        *transfer.mutable_dataset() = row.dataset();
        transfer.mutable_recipient()->set_party(row.recipient());
        transfer.set_period(kPeriod);
        transfer.set_size_band(policy::content::SizeBand(load.length));
        ASSIGN_OR_RETURN(*transfer.mutable_payload()->mutable_digest(), Commit(load, prepared));
      }
      prepared_.emplace(load.path, std::move(prepared));
    }
    return absl::OkStatus();
  }

  absl::Status Carry(int worker, const Load& load) override {
    const Prepared& prepared = prepared_.at(load.path);
    client::Session& session = *sessions_[static_cast<size_t>(worker)];
    ASSIGN_OR_RETURN(const client::Answer answer,
                     prepared.file.has_value()
                         ? session.Upload(prepared.draft, *prepared.file, Unheard)
                         : session.Send(prepared.draft));
    if (answer.effect != record::v1::EFFECT_ACCEPTED)
      return absl::FailedPreconditionError(answer.entry.refused().ShortDebugString());
    last_[static_cast<size_t>(worker)] = base::ToHex(base::View(answer.statement));
    return absl::OkStatus();
  }

  absl::Status CarryOpaque(int worker, const Load&) override {
    const client::ContentFile& document = documents_.at(next_document_++);
    return sessions_[static_cast<size_t>(worker)]->UploadDocument(document, Unheard);
  }

  absl::Status Fetch(int worker, const Load&) override {
    statement::v1::ActRef transfer;
    ASSIGN_OR_RETURN(*transfer.mutable_statement(), base::FromHex(options_.transfer));
    const std::string file = absl::StrCat(options_.scratch, "/", worker, ".fetched");
    ASSIGN_OR_RETURN(const client::Fetched fetched,
                     sessions_[static_cast<size_t>(worker)]->Download(transfer, file, Unheard));
    if (fetched.findings.empty()) return absl::OkStatus();
    return absl::FailedPreconditionError(fetched.findings[0].ShortDebugString());
  }

  std::string last() const override { return last_[0]; }

 private:
  absl::StatusOr<std::string> Commit(const Load& load, Prepared& prepared) {
    if (!load.content.empty())
      return client::Attach(prepared.draft, base::CommitmentKind::kPayload, kMediaType,
                            load.content, random_);
    ASSIGN_OR_RETURN(prepared.file, client::CommitToFile(load.path, base::CommitmentKind::kPayload,
                                                         kMediaType, random_, Unheard));
    return prepared.file->head.commitment();
  }

  const client::Profile profile_;
  const PeerOptions options_;
  const base::SystemClock clock_;
  base::SystemRandom random_;
  std::vector<std::unique_ptr<client::Session>> sessions_;
  std::map<std::string, Prepared> prepared_;
  std::vector<client::ContentFile> documents_;
  std::atomic<size_t> next_document_{0};
  // What each worker carried last.
  std::vector<std::string> last_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Peer>> MakeGatewayPeer(const PeerOptions& options,
                                                      const std::vector<Load>& loads) {
  ASSIGN_OR_RETURN(client::Profile profile, client::ReadProfile(options.profile));
  if (!options.target.empty()) profile.target = options.target;
  auto peer = std::make_unique<GatewayPeer>(std::move(profile), options);
  RETURN_IF_ERROR(peer->Connect());
  RETURN_IF_ERROR(peer->Prepare(loads));
  return peer;
}

}  // namespace passerelle::tests
