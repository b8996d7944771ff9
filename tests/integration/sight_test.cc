// What a caller may not see is answered as what is not there.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/status.h"
#include "passerelle/gateway/v1/document_service.pb.h"
#include "passerelle/gateway/v1/exchange_service.pb.h"
#include "passerelle/gateway/v1/statement_service.pb.h"
#include "passerelle/gateway/v1/transfer_service.pb.h"
#include "tests/support/served_gateway.h"

namespace passerelle::tests {
namespace {

namespace api = passerelle::gateway::v1;

constexpr char kReceipt[] = "/passerelle.gateway.v1.StatementService/GetReceipt";
constexpr char kDocument[] = "/passerelle.gateway.v1.DocumentService/GetDocument";
constexpr char kExchange[] = "/passerelle.gateway.v1.ExchangeService/GetExchange";
constexpr char kExchanges[] = "/passerelle.gateway.v1.ExchangeService/ListExchanges";
constexpr char kFetch[] = "/passerelle.gateway.v1.TransferService/Fetch";
// p003 is no party of the exchange between p001 and p002.
constexpr char kOutsider[] = "reader-p003";

class SightTest : public ::testing::Test {
 protected:
  // All that an outsider hears of a call but the request's id.
  std::string Heard(const std::string& method, const std::string& request) {
    const RawAnswer answer = RawCall(served_.ConnectAs(kOutsider), method, request);
    std::string heard = absl::StrCat(answer.status.error_code(), "|", answer.status.error_message(),
                                     "|", gateway::base::ReasonOf(answer.error()), "|",
                                     gateway::base::PathOf(answer.error()));
    for (const std::string& message : answer.messages) absl::StrAppend(&heard, "|", message);
    return heard;
  }

  const std::string& log() { return gateway_.convention().log_name(); }

  ServedGateway served_{Progress::kSent};
  TestGateway& gateway_ = served_.gateway();
};

TEST_F(SightTest, HidesReceipts) {
  for (const uint64_t seen : {uint64_t{0}, uint64_t{1}, gateway_.size() + 1}) {
    const auto request = [&](const std::string& statement) {
      api::GetReceiptRequest request;
      request.set_log(log());
      request.set_statement(statement);
      request.set_seen_size(seen);
      return request.SerializeAsString();
    };
    const std::string none = Heard(kReceipt, request(std::string(32, 'x')));
    EXPECT_EQ(Heard(kReceipt, request(gateway_.exchange.statement())), none);
    EXPECT_EQ(Heard(kReceipt, request(gateway_.transfer.statement())), none);
    // What everyone may read is there.
    EXPECT_EQ(Heard(kReceipt, request(gateway_.dataset.statement())) == none,
              seen > gateway_.size());
  }
}

TEST_F(SightTest, HidesDocuments) {
  const auto request = [&](const std::string& commitment) {
    api::GetDocumentRequest request;
    request.set_log(log());
    request.set_commitment(commitment);
    return request.SerializeAsString();
  };
  std::string reasons, payload, title;
  gateway_.convention().Read([&](const policy::state::State& state) {
    payload = state.transfers.Find(policy::state::KeyOf(gateway_.transfer))->payload();
    title =
        state.datasets.Find(policy::state::KeyOf(gateway_.dataset))->declared().title().digest();
  });
  for (uint64_t index = 0; index < gateway_.size(); ++index)
    for (const statement::v1::Act& act : gateway_.ActsAt(index))
      if (act.has_dpo_opinion_given()) reasons = act.dpo_opinion_given().reasons().digest();
  ASSERT_EQ(reasons.size(), 32u);
  const std::string none = Heard(kDocument, request(std::string(32, 'x')));
  EXPECT_EQ(Heard(kDocument, request(reasons)), none);
  EXPECT_NE(Heard(kDocument, request(title)), none);
  // A payload is no document: it leaves by a recorded handover only, whoever asks.
  EXPECT_EQ(Heard(kDocument, request(payload)), none);
  EXPECT_EQ(
      RawCall(served_.ConnectAs("reader-p002"), kDocument, request(payload)).status.error_code(),
      grpc::StatusCode::NOT_FOUND);
}

TEST_F(SightTest, HidesExchanges) {
  const auto request = [&](const statement::v1::ActRef& exchange) {
    api::GetExchangeRequest request;
    request.set_log(log());
    *request.mutable_exchange() = exchange;
    return request.SerializeAsString();
  };
  statement::v1::ActRef nothing = gateway_.exchange;
  nothing.set_ordinal(7);
  EXPECT_EQ(Heard(kExchange, request(gateway_.exchange)), Heard(kExchange, request(nothing)));
}

TEST_F(SightTest, HidesWhetherThereIsATransferToFetch) {
  const auto request = [&](const statement::v1::ActRef& transfer) {
    api::FetchRequest request;
    request.set_log(log());
    *request.mutable_transfer() = transfer;
    return request.SerializeAsString();
  };
  const uint64_t size = gateway_.size();
  statement::v1::ActRef nothing = gateway_.transfer;
  nothing.set_ordinal(7);
  const std::string none = Heard(kFetch, request(nothing));
  EXPECT_EQ(Heard(kFetch, request(gateway_.transfer)), none);
  EXPECT_EQ(gateway_.size(), size);
  // Its reader gets it, and the handover is on record.
  const RawAnswer fetched =
      RawCall(served_.ConnectAs("reader-p002"), kFetch, request(gateway_.transfer));
  ASSERT_EQ(fetched.messages.size(), 1u);
  api::FetchResponse response;
  ASSERT_TRUE(response.ParseFromString(fetched.messages[0]));
  EXPECT_EQ(response.payload().content(), gateway_.Payload("2023"));
  EXPECT_EQ(gateway_.size(), size + 1);
}

TEST_F(SightTest, RecordsNoHandoverThatCannotBeAnswered) {
  const uint64_t size = gateway_.size();
  api::FetchRequest request;
  request.set_log(log());
  *request.mutable_transfer() = gateway_.transfer;
  request.set_seen_size(size + 1);
  const RawAnswer answer =
      RawCall(served_.ConnectAs("reader-p002"), kFetch, request.SerializeAsString());
  EXPECT_EQ(gateway::base::ReasonOf(answer.error()), "SEEN_AHEAD");
  EXPECT_EQ(gateway_.size(), size);
}

TEST_F(SightTest, GivesPageTokensThatNameNothingHidden) {
  // Exchanges that the holder's steward proposes: some to p003, more to p002.
  std::set<std::string> visible, hidden = {gateway_.exchange.statement()};
  for (int i = 0; i < 9; ++i) {
    const bool theirs = i % 3 == 0;
    TestDraft draft = gateway_.Propose();
    draft.acts[0].set_party("p001");
    draft.acts[0].mutable_exchange_proposed()->mutable_recipient()->set_party(theirs ? "p003"
                                                                                     : "p002");
    (theirs ? visible : hidden).insert(gateway_.Must(draft, {"steward-p001"}).Ref().statement());
  }
  std::set<std::string> listed;
  std::string token;
  do {
    api::ListExchangesRequest request;
    request.set_log(log());
    request.set_page_size(1);
    request.set_page_token(token);
    const RawAnswer answer =
        RawCall(served_.ConnectAs(kOutsider), kExchanges, request.SerializeAsString());
    ASSERT_EQ(answer.messages.size(), 1u) << answer.error();
    api::ListExchangesResponse response;
    ASSERT_TRUE(response.ParseFromString(answer.messages[0]));
    for (const api::Exchange& exchange : response.exchanges())
      EXPECT_TRUE(listed.insert(exchange.name().statement()).second) << "listed twice";
    token = response.next_page_token();
    for (const std::string& one : hidden)
      EXPECT_EQ(token.find(gateway::base::ToHex(one)), std::string::npos);
  } while (!token.empty());
  EXPECT_EQ(listed, visible);
}

}  // namespace
}  // namespace passerelle::tests
