// What each mandate lets its agent see.
#include "gateway/service/visibility.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace passerelle::gateway::service {
namespace {

using policy::state::State;
using statement::v1::Act;
using statement::v1::Role;

constexpr int64_t kNowMs = 1717408800000;

convention::v1::Date Day(uint32_t year, uint32_t month, uint32_t day) {
  convention::v1::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

record::v1::MandateRow Mandate(Role role) {
  record::v1::MandateRow row;
  row.set_party("p001");
  row.set_agent(std::string(16, 'a'));
  row.set_role(role);
  row.set_rank(statement::v1::RANK_TITULAR);
  *row.mutable_from() = Day(2024, 1, 1);
  *row.mutable_until() = Day(2024, 12, 31);
  row.set_in_force_from_ms(kNowMs - 1);
  return row;
}

// The sight that mandates of one agent give on 2024-06-03.
Sight SightWith(const std::vector<record::v1::MandateRow>& mandates) {
  State state;
  uint32_t ordinal = 0;
  for (const record::v1::MandateRow& row : mandates) {
    statement::v1::ActRef name;
    name.set_statement(std::string(32, 's'));
    name.set_ordinal(ordinal++);
    state.Put(policy::state::KeyOf(name), row);
  }
  return Sight(state, std::string(16, 'a'), {kNowMs, Day(2024, 6, 3)});
}

record::v1::ExchangeRow Exchange(const std::string& holder, const std::string& recipient) {
  record::v1::ExchangeRow row;
  row.set_holder(holder);
  row.set_recipient(recipient);
  row.set_slug(holder + "/agg");
  return row;
}

record::v1::TransferRow Transfer(char exchange, const std::string& recipient) {
  record::v1::TransferRow row;
  row.mutable_exchange()->set_statement(std::string(32, exchange));
  row.add_deliveries()->set_party(recipient);
  return row;
}

// A state whose class `partners` is p001 and p003.
State WithClass() {
  State state;
  record::v1::FoundingRow founding;
  auto& partners = *founding.mutable_settings()->add_recipient_classes();
  partners.set_code("partners");
  partners.add_parties("p001");
  partners.add_parties("p003");
  state.Put("", founding);
  for (const char* party : {"p001", "p003"}) state.Put(party, record::v1::AdhesionRow());
  return state;
}

record::v1::Entry Entry(const std::vector<std::string>& concerned) {
  record::v1::Entry entry;
  for (const std::string& party : concerned) entry.add_links()->set_party(party);
  return entry;
}

// Whether the sight shows an entry of an act that is about no exchange.
bool SeesEntry(const Sight& sight, const record::v1::Entry& entry) {
  statement::v1::Statement statement;
  statement.add_acts()->mutable_deed_recorded();
  return sight.SeesEntry(entry, statement, statement::v1::ActRef(), State());
}

// Every act that carries a document or a name, by who may open it.
Act ActWith(Act::BodyCase body) {
  Act act;
  const google::protobuf::Reflection& reflection = *act.GetReflection();
  reflection.MutableMessage(&act, act.GetDescriptor()->FindFieldByNumber(body));
  return act;
}

// Roles that are about a party's own affairs.
const std::set<int> kAffairs = {statement::v1::ROLE_REPRESENTATIVE, statement::v1::ROLE_DECIDER,
                                statement::v1::ROLE_STUDY_AUTHOR,   statement::v1::ROLE_DPO,
                                statement::v1::ROLE_REQUESTER,      statement::v1::ROLE_STEWARD,
                                statement::v1::ROLE_SENDER,         statement::v1::ROLE_READER,
                                statement::v1::ROLE_AUDITOR};

class RoleTest : public ::testing::TestWithParam<int> {
 protected:
  const Role role_ = static_cast<Role>(GetParam());
  const bool affairs_ = kAffairs.count(GetParam()) > 0;
  const bool all_ = role_ == statement::v1::ROLE_LOG_AUDITOR;
  const Sight sight_ = SightWith({Mandate(role_)});
};

TEST_P(RoleTest, SeesItsPartyAsItsRoleSays) {
  EXPECT_EQ(sight_.SeesParty("p001"), affairs_);
  EXPECT_FALSE(sight_.SeesParty("p002"));
  EXPECT_EQ(sight_.whole_log(), all_);
}

TEST_P(RoleTest, SeesExchangesOfItsPartyOnEitherSide) {
  EXPECT_EQ(sight_.SeesExchange(Exchange("p001", "p002"), State()), affairs_ || all_);
  EXPECT_EQ(sight_.SeesExchange(Exchange("p002", "p001"), State()), affairs_ || all_);
  EXPECT_EQ(sight_.SeesExchange(Exchange("p002", "p003"), State()), all_);
}

TEST_P(RoleTest, SeesExchangesForAClassOfItsParty) {
  const State state = WithClass();
  record::v1::ExchangeRow exchange = Exchange("p002", "");
  exchange.set_recipient_class("partners");
  EXPECT_EQ(sight_.SeesExchange(exchange, state), affairs_ || all_);
  exchange.set_recipient_class("others");
  EXPECT_EQ(sight_.SeesExchange(exchange, state), all_);
}

TEST_P(RoleTest, SeesTransfersOfTheExchangesItSees) {
  State state;
  const record::v1::TransferRow ours = Transfer('o', "p001"), theirs = Transfer('t', "p003");
  state.Put(policy::state::KeyOf(ours.exchange()), Exchange("p002", "p001"));
  state.Put(policy::state::KeyOf(theirs.exchange()), Exchange("p002", "p003"));
  EXPECT_EQ(sight_.SeesTransfer(ours, state), affairs_ || all_);
  EXPECT_EQ(sight_.SeesTransfer(theirs, state), all_);
}

TEST_P(RoleTest, SeesEntriesThatConcernItsPartyOrEveryone) {
  EXPECT_EQ(SeesEntry(sight_, Entry({"p001", "p002"})), affairs_ || all_);
  EXPECT_EQ(SeesEntry(sight_, Entry({"p002", "p003"})), all_);
  EXPECT_EQ(SeesEntry(sight_, Entry({})), all_);
  EXPECT_TRUE(SeesEntry(sight_, Entry({"all", "p002"})));
}

TEST_P(RoleTest, OpensDocumentsOfTheExchangesOfItsParty) {
  for (const auto body :
       {Act::kExchangeProposed, Act::kDpoOpinionGiven, Act::kExchangeDecided,
        Act::kRegisterEntryRecorded, Act::kTransferSubmitted, Act::kTransferRuled}) {
    EXPECT_EQ(sight_.SeesDocuments(ActWith(body), Entry({"p001", "p002"})), affairs_ || all_);
    EXPECT_EQ(sight_.SeesDocuments(ActWith(body), Entry({"p002", "p003"})), all_);
  }
}

TEST_P(RoleTest, OpensDeedsAndNamesOfItsPartyAlone) {
  for (const auto body : {Act::kDeedRecorded, Act::kMandateGiven, Act::kAgentEnrolled}) {
    Act ours = ActWith(body), theirs = ActWith(body);
    ours.set_party("p001");
    theirs.set_party("p002");
    EXPECT_EQ(sight_.SeesDocuments(ours, Entry({"all", "p001"})), affairs_ || all_);
    EXPECT_EQ(sight_.SeesDocuments(theirs, Entry({"all", "p002"})), all_);
    // An entry that concerns its party too does not open another's names.
    EXPECT_EQ(sight_.SeesDocuments(theirs, Entry({"all", "p001", "p002"})), all_);
  }
}

TEST_P(RoleTest, OpensEveryDatasetsTitle) {
  EXPECT_TRUE(sight_.SeesDocuments(ActWith(Act::kDatasetDeclared), Entry({"all", "p002"})));
}

std::vector<int> AllRoles() {
  std::vector<int> roles;
  const auto& descriptor = *statement::v1::Role_descriptor();
  for (int i = 0; i < descriptor.value_count(); ++i) roles.push_back(descriptor.value(i)->number());
  return roles;
}

INSTANTIATE_TEST_SUITE_P(EveryRole, RoleTest, ::testing::ValuesIn(AllRoles()),
                         [](const auto& info) {
                           return statement::v1::Role_Name(static_cast<Role>(info.param));
                         });

TEST(SightTest, OfAMandateLimitedToADatasetSeesItsExchangesAlone) {
  record::v1::MandateRow mandate = Mandate(statement::v1::ROLE_SENDER);
  mandate.add_datasets("p001/agg");
  const Sight sight = SightWith({mandate});
  EXPECT_FALSE(sight.SeesParty("p001"));
  EXPECT_TRUE(sight.SeesExchange(Exchange("p001", "p002"), State()));
  record::v1::ExchangeRow other = Exchange("p001", "p002");
  other.set_slug("p001/other");
  EXPECT_FALSE(sight.SeesExchange(other, State()));
  // The same slug on a side where it has no mandate shows nothing.
  record::v1::ExchangeRow elsewhere = Exchange("p002", "p003");
  elsewhere.set_slug("p001/agg");
  EXPECT_FALSE(sight.SeesExchange(elsewhere, State()));
  Act mandate_given = ActWith(Act::kMandateGiven);
  mandate_given.set_party("p001");
  EXPECT_FALSE(sight.SeesDocuments(mandate_given, Entry({"all", "p001"})));
}

TEST(SightTest, OfAMandateLimitedToADatasetSeesTheEntriesOfItsExchangesAlone) {
  record::v1::MandateRow mandate = Mandate(statement::v1::ROLE_SENDER);
  mandate.add_datasets("p001/agg");
  const Sight sight = SightWith({mandate});
  State state;
  statement::v1::ActRef ours, other;
  ours.set_statement(std::string(32, 'o'));
  other.set_statement(std::string(32, 't'));
  record::v1::ExchangeRow row = Exchange("p001", "p002");
  state.Put(policy::state::KeyOf(ours), row);
  row.set_slug("p001/other");
  state.Put(policy::state::KeyOf(other), row);
  const auto sees = [&](const statement::v1::ActRef& exchange) {
    statement::v1::Statement statement;
    *statement.add_acts()->mutable_dpo_opinion_given()->mutable_exchange() = exchange;
    return sight.SeesEntry(Entry({"p001", "p002"}), statement, statement::v1::ActRef(), state);
  };
  EXPECT_TRUE(sees(ours));
  EXPECT_FALSE(sees(other));
  // Knowing the digest of what is about none of its exchanges opens nothing.
  EXPECT_FALSE(SeesEntry(sight, Entry({"p001"})));
}

TEST(SightTest, OfARecipientShowsItsOwnShareOfATransferAlone) {
  record::v1::MandateRow reader = Mandate(statement::v1::ROLE_READER);
  reader.set_party("p002");
  const Sight member = SightWith({reader});
  const Sight holder = SightWith({Mandate(statement::v1::ROLE_SENDER)});
  State state;
  record::v1::TransferRow transfer;
  transfer.set_holder("p001");
  transfer.mutable_exchange()->set_statement(std::string(32, 'o'));
  for (const char* party : {"p002", "p003"}) transfer.add_deliveries()->set_party(party);
  record::v1::ExchangeRow exchange = Exchange("p001", "");
  exchange.set_recipient_class("communes");
  state.Put(policy::state::KeyOf(transfer.exchange()), exchange);
  EXPECT_EQ(holder.ShowTransfer(transfer, state).deliveries_size(), 2);
  const record::v1::TransferRow shown = member.ShowTransfer(transfer, state);
  ASSERT_EQ(shown.deliveries_size(), 1);
  EXPECT_EQ(shown.deliveries(0).party(), "p002");
  reader.set_party("p004");
  EXPECT_FALSE(SightWith({reader}).SeesTransfer(transfer, state));
}

TEST(SightTest, OfAMandateThatIsNotInForceSeesNothing) {
  record::v1::MandateRow over = Mandate(statement::v1::ROLE_DPO);
  *over.mutable_until() = Day(2024, 6, 2);
  record::v1::MandateRow ahead = Mandate(statement::v1::ROLE_DPO);
  *ahead.mutable_from() = Day(2024, 6, 4);
  record::v1::MandateRow waiting = Mandate(statement::v1::ROLE_DPO);
  waiting.set_in_force_from_ms(kNowMs + 1);
  for (const auto& mandate : {over, ahead, waiting})
    EXPECT_FALSE(SightWith({mandate}).SeesParty("p001"));
  record::v1::MandateRow last_day = Mandate(statement::v1::ROLE_DPO);
  *last_day.mutable_until() = Day(2024, 6, 3);
  EXPECT_TRUE(SightWith({last_day}).SeesParty("p001"));
}

TEST(SightTest, OfSeveralMandatesSeesWhatAnyOfThemShows) {
  record::v1::MandateRow shared = Mandate(statement::v1::ROLE_DPO);
  shared.set_party("p003");
  const Sight sight = SightWith({Mandate(statement::v1::ROLE_DPO), shared});
  EXPECT_TRUE(sight.SeesParty("p001"));
  EXPECT_TRUE(sight.SeesParty("p003"));
  EXPECT_FALSE(sight.SeesParty("p002"));
}

TEST(SightTest, OfNobodySeesWhatEveryoneMay) {
  const Sight sight = SightWith({});
  EXPECT_FALSE(sight.SeesParty("p001"));
  EXPECT_TRUE(SeesEntry(sight, Entry({"all", "p001"})));
  EXPECT_FALSE(SeesEntry(sight, Entry({"p001"})));
}

}  // namespace
}  // namespace passerelle::gateway::service
