// Receipts, documents, lists and entries: what is not the caller's is not found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <set>

#include "absl/strings/str_cat.h"
#include "gateway/base/status.h"
#include "gateway/service/service.h"
#include "tests/support/gateway_fixture.h"

namespace passerelle::gateway::service {
namespace {

using base::PathOf;
using base::ReasonOf;
using ::testing::IsEmpty;
using tests::Progress;
using tests::TestDraft;
using tests::TestEntry;
using tests::TestGateway;

class ReadsTest : public ::testing::Test {
 protected:
  Caller As(std::string_view name) { return {gateway_.held(), TestGateway::AgentOf(name), ""}; }
  absl::StatusOr<api::GetReceiptResponse> Receipt(std::string_view name,
                                                  const std::string& digest) {
    api::GetReceiptRequest request;
    request.set_statement(digest);
    return Receipt(name, request);
  }
  absl::StatusOr<api::GetReceiptResponse> Receipt(std::string_view name,
                                                  const api::GetReceiptRequest& request) {
    std::promise<absl::StatusOr<api::GetReceiptResponse>> answered;
    GetReceipt(As(name), request,
               [&](absl::StatusOr<api::GetReceiptResponse> answer) { answered.set_value(answer); });
    return answered.get_future().get();
  }
  absl::StatusOr<api::GetDocumentResponse> Document(std::string_view name,
                                                    const record::v1::Attachment& attachment) {
    api::GetDocumentRequest request;
    request.set_commitment(attachment.commitment());
    return GetDocument(As(name), request);
  }

  TestGateway gateway_{Progress::kSent};
};

TEST_F(ReadsTest, GiveAReceiptToThePartiesConcernedAlone) {
  const std::string digest = gateway_.transfer.statement();
  for (const char* name : {"dpo-p001", "system-p001", "reader-p002", "log-auditor"}) {
    const auto response = Receipt(name, digest);
    ASSERT_TRUE(response.ok()) << name << ": " << response.status();
    EXPECT_TRUE(gateway_.Verify(response->receipt()).ok());
  }
  for (const char* name : {"reader-p003", "secretary-1", "stranger"})
    EXPECT_TRUE(absl::IsNotFound(Receipt(name, digest).status())) << name;
}

TEST_F(ReadsTest, AnswerAlikeForWhatIsHiddenAndWhatIsNot) {
  EXPECT_EQ(Receipt("reader-p003", gateway_.transfer.statement()).status(),
            Receipt("reader-p003", std::string(32, 'x')).status());
  api::GetReceiptRequest request;
  request.set_seen_size(gateway_.size() + 1);
  request.set_statement(gateway_.transfer.statement());
  const absl::Status hidden = Receipt("reader-p003", request).status();
  EXPECT_EQ(ReasonOf(hidden), "SEEN_AHEAD");
  request.set_statement(std::string(32, 'x'));
  EXPECT_EQ(Receipt("reader-p003", request).status(), hidden);
}

TEST_F(ReadsTest, GiveReceiptsOfWhatEveryoneMayReadToEveryone) {
  EXPECT_TRUE(Receipt("reader-p003", gateway_.dataset.statement()).ok());
}

TEST_F(ReadsTest, RefuseADigestThatIsNone) {
  const auto response = Receipt("dpo-p001", "short");
  EXPECT_EQ(response.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(PathOf(response.status()), "statement");
}

TEST_F(ReadsTest, OpenADocumentToThePartiesConcernedAlone) {
  const TestDraft draft = gateway_.Register("p001", 2, R"({"name": "Fiche"})");
  gateway_.Must(draft, {"steward-p001"});
  for (const char* name : {"dpo-p001", "reader-p002", "log-auditor"}) {
    const auto response = Document(name, draft.attachments[0]);
    ASSERT_TRUE(response.ok()) << name << ": " << response.status();
    EXPECT_EQ(response->document().content(), R"({"name": "Fiche"})");
    EXPECT_EQ(response->document().nonce(), draft.attachments[0].nonce());
  }
  for (const char* name : {"reader-p003", "secretary-1", "stranger"})
    EXPECT_TRUE(absl::IsNotFound(Document(name, draft.attachments[0]).status())) << name;
}

TEST_F(ReadsTest, OpenNamesToTheirPartyAlone) {
  TestDraft draft;
  gateway_.AddMandate(draft, "p001", "mandatee", statement::v1::ROLE_REQUESTER);
  gateway_.Must(draft, {"representative-p001"});
  EXPECT_TRUE(Document("auditor-p001", draft.attachments[0]).ok());
  EXPECT_TRUE(absl::IsNotFound(Document("reader-p002", draft.attachments[0]).status()));
}

TEST_F(ReadsTest, NeverOpenAPayloadAsADocument) {
  const TestDraft draft = gateway_.Send("2022", gateway_.Payload("2022"), 0);
  gateway_.Must(draft, {"system-p001"});
  for (const char* name : {"system-p001", "reader-p002", "log-auditor"})
    EXPECT_TRUE(absl::IsNotFound(Document(name, draft.attachments[0]).status())) << name;
}

TEST_F(ReadsTest, ShowAnExchangeWithItsFieldsInForceToItsSides) {
  api::GetExchangeRequest request;
  *request.mutable_exchange() = gateway_.exchange;
  for (const char* name : {"dpo-p001", "system-p001", "requester-p002", "log-auditor"}) {
    const auto response = GetExchange(As(name), request);
    ASSERT_TRUE(response.ok()) << name << ": " << response.status();
    EXPECT_EQ(response->exchange().row().terms().fields_size(), 4);
    EXPECT_EQ(response->dataset().row().declared().slug(), "p001/agg-familles");
  }
  for (const char* name : {"steward-p003", "secretary-1", "stranger"})
    EXPECT_TRUE(absl::IsNotFound(GetExchange(As(name), request).status())) << name;
  *request.mutable_exchange() = gateway_.dataset;
  EXPECT_TRUE(absl::IsNotFound(GetExchange(As("dpo-p001"), request).status()));
}

TEST_F(ReadsTest, ListExchangesAndTransfersOfTheCallersSidesAlone) {
  for (const char* name : {"dpo-p001", "reader-p002", "system-p001", "log-auditor"}) {
    EXPECT_EQ(ListExchanges(As(name), {})->exchanges_size(), 1) << name;
    EXPECT_EQ(ListTransfers(As(name), {})->transfers_size(), 1) << name;
  }
  for (const char* name : {"reader-p003", "secretary-1", "stranger"}) {
    EXPECT_EQ(ListExchanges(As(name), {})->exchanges_size(), 0) << name;
    EXPECT_EQ(ListTransfers(As(name), {})->transfers_size(), 0) << name;
  }
}

TEST_F(ReadsTest, ListTransfersOfOneExchangeWhenAsked) {
  const statement::v1::ActRef first = gateway_.exchange;
  const statement::v1::ActRef second = gateway_.Must(gateway_.Propose(), {"requester-p002"}).Ref();
  api::ListTransfersRequest request;
  *request.mutable_exchange() = first;
  EXPECT_EQ(ListTransfers(As("dpo-p001"), request)->transfers_size(), 1);
  *request.mutable_exchange() = second;
  EXPECT_EQ(ListTransfers(As("dpo-p001"), request)->transfers_size(), 0);
}

TEST_F(ReadsTest, ListWhatEveryPartyMayReadToEveryone) {
  const auto parties = ListParties(As("reader-p003"), {});
  ASSERT_TRUE(parties.ok()) << parties.status();
  EXPECT_EQ(parties->parties_size(), 6);
  EXPECT_EQ(std::count_if(parties->parties().begin(), parties->parties().end(),
                          [](const api::Party& party) { return party.has_adhesion(); }),
            3);
  EXPECT_EQ(ListDatasets(As("reader-p003"), {})->datasets_size(), 1);
  EXPECT_EQ(GetConvention(As("reader-p003"), {})->founding().convention().parties_size(), 6);
  api::ListMandatesRequest request;
  request.set_party("p003");
  const auto mandates = ListMandates(As("reader-p003"), request);
  ASSERT_TRUE(mandates.ok());
  EXPECT_EQ(mandates->mandates_size(), 3);
  for (const auto& mandate : mandates->mandates()) EXPECT_EQ(mandate.row().party(), "p003");
}

TEST_F(ReadsTest, GivePagesThatTogetherAreTheList) {
  std::set<std::string> paged, whole;
  api::ListMandatesRequest request;
  request.set_page_size(200);
  const auto everything = ListMandates(As("dpo-p001"), request);
  ASSERT_TRUE(everything.ok()) << everything.status();
  for (const auto& mandate : everything->mandates())
    whole.insert(mandate.name().SerializeAsString());
  ASSERT_GT(whole.size(), 10u);
  request.set_page_size(3);
  size_t pages = 0;
  do {
    const auto page = ListMandates(As("dpo-p001"), request);
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_LE(page->mandates_size(), 3);
    for (const auto& mandate : page->mandates())
      EXPECT_TRUE(paged.insert(mandate.name().SerializeAsString()).second);
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(paged, whole);
  EXPECT_EQ(pages, (whole.size() + 2) / 3);
}

TEST_F(ReadsTest, GiveAnEmptyTokenWithTheLastPage) {
  api::ListPartiesRequest request;
  request.set_page_size(6);
  EXPECT_THAT(ListParties(As("dpo-p001"), request)->next_page_token(), IsEmpty());
  request.set_page_size(5);
  EXPECT_FALSE(ListParties(As("dpo-p001"), request)->next_page_token().empty());
}

TEST_F(ReadsTest, RefuseAPageTokenThatTheyDidNotGive) {
  api::ListDatasetsRequest request;
  request.set_page_token("not hexadecimal");
  const auto page = ListDatasets(As("dpo-p001"), request);
  EXPECT_EQ(ReasonOf(page.status()), "PAGE_TOKEN");
  EXPECT_EQ(PathOf(page.status()), "page_token");
}

TEST_F(ReadsTest, StreamTheLogToItsAuditorAlone) {
  api::ReadEntriesRequest request;
  request.set_end(gateway_.size());
  for (const char* name : {"auditor-p001", "representative-p002", "secretary-1", "stranger"}) {
    const auto source = ReadEntries(As(name), request);
    EXPECT_EQ(source.status().code(), absl::StatusCode::kPermissionDenied) << name;
    EXPECT_EQ(ReasonOf(source.status()), "NOT_LOG_AUDITOR") << name;
  }
  const auto source = ReadEntries(As("log-auditor"), request);
  ASSERT_TRUE(source.ok()) << source.status();
  std::vector<std::string> entries;
  while (true) {
    const auto chunk = (*source)();
    ASSERT_TRUE(chunk.ok()) << chunk.status();
    if (!chunk->has_value()) break;
    entries.insert(entries.end(), (*chunk)->entries().begin(), (*chunk)->entries().end());
  }
  EXPECT_EQ(entries, *gateway_.convention().log().ReadEntries(0, gateway_.size()));
}

TEST_F(ReadsTest, RefuseEntriesBeyondTheLog) {
  api::ReadEntriesRequest request;
  request.set_end(gateway_.size() + 1);
  EXPECT_EQ(ReasonOf(ReadEntries(As("log-auditor"), request).status()), "RANGE");
  request.set_begin(2);
  request.set_end(1);
  EXPECT_EQ(ReasonOf(ReadEntries(As("log-auditor"), request).status()), "RANGE");
}

TEST_F(ReadsTest, ProveTheCheckpointConsistentWithTheOneTheCallerSaw) {
  api::GetCheckpointRequest request;
  request.set_seen_size(gateway_.size());
  const auto same = GetCheckpoint(As("reader-p003"), request);
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_THAT(same->consistency(), IsEmpty());
  request.set_seen_size(3);
  EXPECT_FALSE(GetCheckpoint(As("reader-p003"), request)->consistency().empty());
  request.set_seen_size(gateway_.size() + 1);
  EXPECT_EQ(ReasonOf(GetCheckpoint(As("reader-p003"), request).status()), "SEEN_AHEAD");
}

}  // namespace
}  // namespace passerelle::gateway::service
