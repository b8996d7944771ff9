// What the tests of a session share: a session over a gateway that tests keep and can make lie.
#ifndef PASSERELLE_TESTS_UNIT_GATEWAY_CLIENT_SESSION_FIXTURE_H_
#define PASSERELLE_TESTS_UNIT_GATEWAY_CLIENT_SESSION_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/client/session.h"
#include "tests/support/fakes.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/gateway/client/fake_gateway.h"

namespace passerelle::gateway::client {

// Hands a gateway that the test keeps to a session that owns its channel.
class Borrowed final : public Channel {
 public:
  explicit Borrowed(Channel& channel) : channel_(channel) {}
#define FORWARD(name)                                                                    \
  absl::StatusOr<api::name##Response> name(const api::name##Request& request) override { \
    return channel_.name(request);                                                       \
  }
  FORWARD(Submit)
  FORWARD(GetReceipt)
  FORWARD(Send)
  FORWARD(Fetch)
  FORWARD(ListTransfers)
  FORWARD(GetDocument)
  FORWARD(GetConvention)
  FORWARD(ListConventions)
  FORWARD(ListParties)
  FORWARD(ListMandates)
  FORWARD(ListKeys)
  FORWARD(ListDatasets)
  FORWARD(GetDataset)
  FORWARD(GetExchange)
  FORWARD(ListExchanges)
  FORWARD(ExplainExchange)
  FORWARD(ListInbox)
  FORWARD(Preview)
  FORWARD(GetTransfer)
  FORWARD(GetCheckpoint)
  FORWARD(GetConsistency)
  FORWARD(GetInclusion)
  FORWARD(GetPartyHeads)
#undef FORWARD
  absl::StatusOr<api::UploadResponse> Upload(const api::UploadManifest& manifest,
                                             NextChunk next) override {
    return channel_.Upload(manifest, next);
  }
  absl::StatusOr<api::UploadDocumentResponse> UploadDocument(const api::UploadDocumentHead& head,
                                                             NextChunk next) override {
    return channel_.UploadDocument(head, next);
  }
  absl::Status Download(const api::DownloadRequest& request,
                        absl::FunctionRef<absl::Status(api::DownloadResponse)> visit) override {
    return channel_.Download(request, visit);
  }
  absl::Status DownloadDocument(
      const api::DownloadDocumentRequest& request,
      absl::FunctionRef<absl::Status(api::DownloadDocumentResponse)> visit) override {
    return channel_.DownloadDocument(request, visit);
  }
  absl::Status ReadEntries(
      const api::ReadEntriesRequest& request,
      absl::FunctionRef<absl::Status(api::ReadEntriesResponse)> visit) override {
    return channel_.ReadEntries(request, visit);
  }
  absl::Status ReadPartyEntries(
      const api::ReadPartyEntriesRequest& request,
      absl::FunctionRef<absl::Status(api::ReadPartyEntriesResponse)> visit) override {
    return channel_.ReadPartyEntries(request, visit);
  }
  absl::Status ReadTimeStamps(
      const api::ReadTimeStampsRequest& request,
      absl::FunctionRef<absl::Status(api::ReadTimeStampsResponse)> visit) override {
    return channel_.ReadTimeStamps(request, visit);
  }
  absl::Status ExportRegister(
      const api::ExportRegisterRequest& request,
      absl::FunctionRef<absl::Status(api::ExportRegisterResponse)> visit) override {
    return channel_.ExportRegister(request, visit);
  }
  absl::Status WatchInbox(const api::WatchInboxRequest& request, int64_t deadline_ms,
                          absl::FunctionRef<absl::Status(api::WatchInboxResponse)> visit) override {
    return channel_.WatchInbox(request, deadline_ms, visit);
  }
  absl::Status WatchExchange(
      const api::WatchExchangeRequest& request, int64_t deadline_ms,
      absl::FunctionRef<absl::Status(api::WatchExchangeResponse)> visit) override {
    return channel_.WatchExchange(request, deadline_ms, visit);
  }
  absl::Status WatchCheckpoint(
      const api::WatchCheckpointRequest& request, int64_t deadline_ms,
      absl::FunctionRef<absl::Status(api::WatchCheckpointResponse)> visit) override {
    return channel_.WatchCheckpoint(request, deadline_ms, visit);
  }

 private:
  Channel& channel_;
};

inline certs::keys::PrivateKey KeyOf(char seed) {
  return *certs::keys::PrivateKey::FromEd25519Seed(std::string(32, seed));
}

class SessionTest : public testing::Test {
 protected:
  std::unique_ptr<Session> Open() {
    absl::StatusOr<std::unique_ptr<Session>> session = TryOpen();
    EXPECT_TRUE(session.ok()) << session.status();
    return *std::move(session);
  }

  absl::StatusOr<std::unique_ptr<Session>> TryOpen() {
    Profile profile = gateway_.ProfileIn(file_);
    profile.clock_shift_ms = pinned_shift_ms_;
    return Session::OpenOver(profile, std::make_unique<Borrowed>(gateway_), KeyOf('a'), clock_,
                             random_);
  }

  Draft Opinion(std::string_view reasons = "synthetic reasons") {
    Draft draft;
    statement::v1::Act& act = draft.acts.emplace_back();
    act.set_party("p001");
    statement::v1::DpoOpinionGiven& opinion = *act.mutable_dpo_opinion_given();
    opinion.mutable_exchange()->set_statement(std::string(32, 'e'));
    opinion.set_opinion(statement::v1::OPINION_FAVOURABLE);
    opinion.mutable_reasons()->set_digest(
        Attach(draft, base::CommitmentKind::kDocument, "text/plain", reasons, random_));
    return draft;
  }

  Draft Transfer(std::string_view payload) {
    Draft draft;
    statement::v1::Act& act = draft.acts.emplace_back();
    act.set_party("p001");
    statement::v1::TransferSubmitted& transfer = *act.mutable_transfer_submitted();
    transfer.mutable_exchange()->set_statement(std::string(32, 'e'));
    transfer.mutable_dataset()->set_statement(std::string(32, 'd'));
    transfer.mutable_payload()->set_digest(
        Attach(draft, base::CommitmentKind::kPayload, "text/csv", payload, random_));
    return draft;
  }

  // Reference of the one transfer of an accepted statement.
  static statement::v1::ActRef RefOf(const Answer& answer) {
    statement::v1::ActRef ref;
    ref.set_statement(base::ToBytes(answer.statement));
    return ref;
  }

  tests::TempFolder folder_;
  const std::string file_ = folder_ / "checkpoint";
  tests::FakeGateway gateway_;
  int64_t pinned_shift_ms_ = 0;
  tests::FakeClock clock_;
  tests::SeededRandom random_{1};
};

}  // namespace passerelle::gateway::client

#endif  // PASSERELLE_TESTS_UNIT_GATEWAY_CLIENT_SESSION_FIXTURE_H_
