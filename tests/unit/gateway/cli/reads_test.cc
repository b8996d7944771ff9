// What each read shows, in words and as JSON.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_split.h"
#include "gateway/base/bytes.h"
#include "gateway/base/files.h"
#include "gateway/base/status.h"
#include "gateway/cli/show.h"
#include "gateway/client/draft.h"
#include "tests/unit/gateway/cli/cli_fixture.h"

namespace passerelle::tests {
namespace {

namespace base = gateway::base;
namespace client = gateway::client;

using gateway::cli::NameOf;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class ReadsTest : public CliTest {
 protected:
  ReadsTest() {
    convention::v1::Clause& clause = *gateway.founding.mutable_convention()->add_clauses();
    clause.set_rule("IX.2c");
    clause.set_sentence("Le délégué rend un avis préalable.");
    *gateway.exchanges.emplace_back().mutable_exchange()->mutable_name() = Ref('\xa1');
  }

  record::v1::ExchangeRow& exchange() {
    return *gateway.exchanges[0].mutable_exchange()->mutable_row();
  }
};

// ---- explain ----------------------------------------------------------------------------------

class ExplainTest : public ReadsTest {
 protected:
  ExplainTest() {
    api::Clause& done = *gateway.explained.add_clauses();
    done.set_rule("IX.1");
    done.set_standing(api::CLAUSE_STANDING_SATISFIED);
    *done.mutable_act() = Ref('\xa1');
    done.set_index(12);
    api::Clause& missing = *gateway.explained.add_clauses();
    missing.set_rule("IX.2c");
    missing.set_standing(api::CLAUSE_STANDING_MISSING);
    missing.mutable_gap()->mutable_finding()->set_rule("IX.2c");
    missing.mutable_gap()->mutable_finding()->set_code("opinion-missing");
    missing.mutable_gap()->set_party("p001");
    missing.mutable_gap()->set_role(statement::v1::ROLE_DPO);
    *missing.mutable_due() = Date(2024, 7, 3);
  }
};

TEST_F(ExplainTest, SaysClauseByClauseWhatStandsAndWhoMustAct) {
  ASSERT_EQ(Run({"exchange", "explain", "a1"}), 0) << err;
  EXPECT_THAT(out, HasSubstr("satisfied by entry 12, act a1a1a1a1a1a1/0"));
  EXPECT_THAT(out, HasSubstr("IX.2c (policy of this installation"));
  EXPECT_THAT(out,
              HasSubstr("missing, to be done by: p001, data protection officer, by 2024-07-03"));
  EXPECT_THAT(out, HasSubstr("« Le délégué rend un avis préalable. »"));
  EXPECT_THAT(out, HasSubstr("Not open"));
}

TEST_F(ExplainTest, SpeaksFrenchAndQuotesTheDeedAllTheSame) {
  gateway.explained.set_open(true);
  ASSERT_EQ(RunIn("fr", {"exchange", "explain", "a1"}), 0) << err;
  EXPECT_THAT(out, HasSubstr("satisfait par l'inscription 12, acte a1a1a1a1a1a1/0"));
  EXPECT_THAT(out, HasSubstr("manque, à faire par : p001, délégué à la protection des données, "
                             "avant le 2024-07-03"));
  EXPECT_THAT(out, HasSubstr("« Le délégué rend un avis préalable. »"));
  EXPECT_THAT(out, HasSubstr("Ouvert : "));
}

TEST_F(ExplainTest, GivesJsonWithTheWords) {
  ASSERT_EQ(Run({"exchange", "explain", "a1", "--json"}), 0) << err;
  const json said = json::parse(out);
  EXPECT_EQ(said["open"], false);
  EXPECT_EQ(said["clauses"][0]["index"], 12);
  EXPECT_EQ(said["clauses"][1]["standing"], "missing");
  EXPECT_EQ(said["clauses"][1]["gap"]["role"], "dpo");
  EXPECT_EQ(
      said["clauses"][1]["sentence"],
      "Policy of this installation, in the service of: « Le délégué rend un avis préalable. »");
  EXPECT_NE(said["clauses"][1]["text"], "");
}

// ---- inbox ------------------------------------------------------------------------------------

class InboxTest : public ReadsTest {
 protected:
  static api::InboxItem Item(api::InboxItemKind kind) {
    api::InboxItem item;
    item.set_kind(kind);
    item.set_party("p001");
    item.set_role(statement::v1::ROLE_DPO);
    *item.mutable_exchange() = Ref('\xa1');
    item.set_since_ms(1717408800000);
    *item.mutable_due() = Date(2024, 7, 3);
    return item;
  }
};

TEST_F(InboxTest, SaysInWhoseNameSinceWhenByWhenAndTheCommand) {
  gateway.inbox = {Item(api::INBOX_ITEM_KIND_OPINION_TO_GIVE)};
  *gateway.inbox[0].mutable_frozen_by() = Ref('\xf1');
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"inbox"}, {"inbox", "list"}}) {
    ASSERT_EQ(Run(words), 0) << err;
    EXPECT_EQ(out,
              "p001, data protection officer : give an opinion : exchange a1a1a1a1a1a1/0\n"
              "    since 2024-06-03T10:00:00.000Z, by 2024-07-03; waits for the freeze "
              "f1f1f1f1f1f1/0\n"
              "    passerelle exchange opinion a1a1a1a1a1a1/0 --party p001 --opinion "
              "favourable|unfavourable --reasons FILE\n");
  }
  ASSERT_EQ(RunIn("fr", {"inbox"}), 0);
  EXPECT_THAT(out, AllOf(HasSubstr("délégué à la protection des données : rendre un avis"),
                         HasSubstr("depuis "), HasSubstr("avant le "), HasSubstr("FICHIER")));
}

TEST_F(InboxTest, KnowsACommandForEveryKindOfItem) {
  const auto& kinds = *api::InboxItemKind_descriptor();
  for (int i = 0; i < kinds.value_count(); ++i) {
    if (kinds.value(i)->number() == 0) continue;
    gateway.inbox = {Item(static_cast<api::InboxItemKind>(kinds.value(i)->number()))};
    gateway.inbox[0].set_key(std::string(32, 'k'));
    gateway.inbox[0].set_agent(std::string(16, 'g'));
    ASSERT_EQ(Run({"inbox", "--json"}), 0) << err;
    const std::string command = json::parse(out)[0]["command"];
    EXPECT_THAT(command, HasSubstr("passerelle ")) << kinds.value(i)->name();
    EXPECT_THAT(command, HasSubstr(" --party p001")) << kinds.value(i)->name();
    // The command line knows its words, whatever it says of their values; N stands for a number.
    for (const std::string& each : std::vector<std::string>(absl::StrSplit(command, " && "))) {
      std::vector<std::string> words = absl::StrSplit(each, ' ');
      words.erase(words.begin());
      std::replace(words.begin(), words.end(), std::string("N"), std::string("2"));
      Run(words);
      EXPECT_THAT(err, Not(HasSubstr("COMMAND_"))) << each;
      EXPECT_THAT(err, Not(HasSubstr("OPTION_"))) << each;
    }
  }
}

TEST_F(InboxTest, NamesTheVeryThingsThatItsCommandTakes) {
  api::InboxItem item = Item(api::INBOX_ITEM_KIND_TRANSFER_TO_RULE);
  *item.mutable_transfer() = Ref('\xc1');
  item.set_recipient("p003");
  gateway.inbox = {item, Item(api::INBOX_ITEM_KIND_RECOMMENDATION_TO_ANSWER)};
  gateway.inbox[1].set_recommendation(2);
  ASSERT_EQ(Run({"inbox", "--json"}), 0) << err;
  const json said = json::parse(out);
  EXPECT_EQ(said[0]["command"],
            "passerelle transfer rule c1c1c1c1c1c1/0 --party p001 --recipient p003 --ruling "
            "released|refused");
  EXPECT_EQ(said[1]["command"],
            "passerelle exchange answer a1a1a1a1a1a1/0 --party p001 --recommendation 3 --answer "
            "accepted|rejected --reasons FILE");
  EXPECT_EQ(said[1]["due"], "2024-07-03");
}

TEST_F(InboxTest, SaysThatNothingAwaits) {
  ASSERT_EQ(Run({"inbox"}), 0);
  EXPECT_EQ(out, "Nothing awaits you.\n");
  ASSERT_EQ(Run({"inbox", "--json"}), 0);
  EXPECT_EQ(out, "[]\n");
}

TEST_F(InboxTest, WatchesWhatComesAndGoes) {
  api::WatchInboxResponse& first = gateway.inboxes.emplace_back();
  *first.add_items() = Item(api::INBOX_ITEM_KIND_OPINION_TO_GIVE);
  first.set_total(1);
  first.set_size(10);
  api::WatchInboxResponse& second = gateway.inboxes.emplace_back();
  *second.add_items() = Item(api::INBOX_ITEM_KIND_TRANSFER_TO_RULE);
  second.set_total(1);
  second.set_size(11);
  gateway.reads_fail = base::Error(absl::StatusCode::kUnavailable, "DRAINING", "", "stops");
  EXPECT_EQ(Run({"inbox", "--watch"}), 3);
  const size_t turn = out.find("entries 11");
  ASSERT_NE(turn, std::string::npos) << out;
  EXPECT_THAT(out.substr(0, turn), AllOf(HasSubstr("+ p001"), Not(HasSubstr("- p001"))));
  EXPECT_THAT(out.substr(turn), AllOf(HasSubstr("- p001, data protection officer : give"),
                                      HasSubstr("+ p001, data protection officer : rule")));
  EXPECT_EQ(Run({"inbox", "list", "--watch", "--json"}), 3);
  const json line = json::parse(out.substr(0, out.find('\n')));
  EXPECT_EQ(line["size"], 10);
  EXPECT_EQ(line["items"][0]["kind"], "opinion_to_give");
}

// ---- preview ----------------------------------------------------------------------------------

class PreviewTest : public ReadsTest {
 protected:
  PreviewTest() {
    client::Draft draft;
    draft.acts.emplace_back().set_party("p001");
    *draft.acts[0].mutable_freeze_placed()->mutable_exchange() = Ref('\xa1');
    statement::v1::Header header;
    header.set_log(std::string(32, 'l'));
    header.add_signers(std::string(32, 'x'));
    header.set_issued_at_ms(1);
    header.set_not_after_ms(2);
    header.set_nonce(std::string(16, 'n'));
    file = File("acts.json", client::ToJson(client::StartFile(header, draft)));
  }

  std::string file;
};

TEST_F(PreviewTest, SaysWhatIsMissingAndWhoMendsItAndRecordsNothing) {
  gateway.preview.set_effect(record::v1::EFFECT_REFUSED);
  api::Gap& gap = *gateway.preview.add_gaps();
  gap.mutable_finding()->set_rule("IX.2c");
  gap.mutable_finding()->set_code("opinion-missing");
  gap.set_party("p001");
  gap.set_role(statement::v1::ROLE_DPO);
  api::Assumed& assumed = *gateway.preview.add_assumed();
  assumed.set_assumption(api::ASSUMPTION_SIGNATURES);
  EXPECT_EQ(Run({"preview", file}), 1);
  EXPECT_THAT(out, HasSubstr("would be refused"));
  EXPECT_THAT(out, HasSubstr("assumed acts[0] : the signers sign"));
  EXPECT_THAT(err, HasSubstr("IX.2c opinion-missing"));
  EXPECT_THAT(err, HasSubstr("to be done by: p001, data protection officer"));
  EXPECT_THAT(err, HasSubstr("« Le délégué rend un avis préalable. »"));
  EXPECT_TRUE(gateway.submitted.empty());
  ASSERT_EQ(gateway.previewed.acts.size(), 1u);
  EXPECT_EQ(gateway.previewed.acts[0].party(), "p001");
  ASSERT_EQ(gateway.previewed_signers.size(), 1u);
  EXPECT_EQ(base::View(gateway.previewed_signers[0]), std::string(32, 'x'));
}

TEST_F(PreviewTest, ExitsAsTheActsWouldWereTheySubmitted) {
  gateway.preview.set_effect(record::v1::EFFECT_ACCEPTED);
  EXPECT_EQ(RunIn("fr", {"preview", file}), 0);
  EXPECT_THAT(out, HasSubstr("serait accepté"));
  gateway.preview.set_effect(record::v1::EFFECT_NOTED);
  EXPECT_EQ(Run({"preview", file}), 4);
  EXPECT_THAT(out, HasSubstr("binding nobody"));
  EXPECT_EQ(Run({"preview", file, "--json"}), 4);
  EXPECT_EQ(json::parse(out)["effect"], "noted");
}

TEST_F(PreviewTest, AssumesNoSignatureOfAFileThatAllHaveSigned) {
  const auto key = *certs::keys::PrivateKey::FromEd25519Seed(std::string(32, 's'));
  client::Draft draft;
  draft.acts.emplace_back().set_party("p001");
  *draft.acts[0].mutable_freeze_placed()->mutable_exchange() = Ref('\xa1');
  statement::v1::Header header;
  header.set_log(std::string(32, 'l'));
  header.add_signers(base::ToBytes(key.public_key().fingerprint()));
  header.set_issued_at_ms(1);
  header.set_not_after_ms(2);
  header.set_nonce(std::string(16, 'n'));
  client::SignedFile signed_file = client::StartFile(header, draft);
  gateway.preview.set_effect(record::v1::EFFECT_ACCEPTED);
  gateway.preview.add_assumed()->set_assumption(api::ASSUMPTION_SIGNATURES);
  gateway.preview.add_assumed()->set_assumption(api::ASSUMPTION_PAYLOAD);
  ASSERT_EQ(Run({"preview", File("one.json", client::ToJson(signed_file))}), 0) << err;
  EXPECT_THAT(out, HasSubstr("the signers sign"));
  ASSERT_TRUE(client::AddSignature(signed_file, key).ok());
  ASSERT_EQ(Run({"preview", File("one.json", client::ToJson(signed_file))}), 0) << err;
  EXPECT_THAT(out, AllOf(Not(HasSubstr("the signers sign")), HasSubstr("the file fits")));
}

// ---- exchanges and transfers ------------------------------------------------------------------

TEST_F(ReadsTest, ShowsMembersRecommendationsAnswersAndFreezes) {
  convention::v1::RecipientClass& members =
      *gateway.founding.mutable_settings()->add_recipient_classes();
  members.set_code("eaje");
  members.add_parties("p002");
  members.add_parties("p003");
  exchange().set_phase(record::v1::EXCHANGE_PHASE_FAVOURABLE);
  exchange().set_recipient_class("eaje");
  exchange().mutable_terms()->add_cleared("p002");
  record::v1::RecommendationRow& advice = *exchange().add_recommendations();
  advice.set_weight(statement::v1::RECOMMENDATION_WEIGHT_ADVICE);
  advice.mutable_conditions()->set_transfer_cap(12);
  advice.set_answer(statement::v1::ANSWER_ACCEPTED);
  exchange().add_recommendations()->set_weight(statement::v1::RECOMMENDATION_WEIGHT_CONDITION);
  api::Freeze& freeze = *gateway.exchanges[0].add_freezes();
  *freeze.mutable_name() = Ref('\xf1');
  freeze.mutable_row()->set_party("p002");
  *freeze.mutable_row()->mutable_lapses_on() = Date(2024, 7, 3);
  ASSERT_EQ(Run({"exchange", "show", "a1"}), 0) << err;
  EXPECT_THAT(out, HasSubstr("favourable opinion, awaits the decision"));
  EXPECT_THAT(out, HasSubstr("p002 (Partie p002), p003 (Partie p003)"));
  EXPECT_THAT(out, HasSubstr("recommendation no. 1  advice  accepted  transfers at most: 12"));
  EXPECT_THAT(out, HasSubstr("recommendation no. 2  condition  not answered\n"));
  EXPECT_THAT(out, HasSubstr("freeze f1f1f1f1f1f1/0  of the exchange  p002"));
  EXPECT_THAT(out, HasSubstr("lapses after 2024-07-03"));
  ASSERT_EQ(Run({"exchange", "show", "a1", "--json"}), 0) << err;
  const json said = json::parse(out);
  EXPECT_THAT(said["recipient_class_members"], ElementsAre("p002", "p003"));
  EXPECT_EQ(said["freezes"][0]["row"]["party"], "p002");
}

TEST_F(ReadsTest, WatchesAnExchange) {
  for (const auto phase :
       {record::v1::EXCHANGE_PHASE_PROPOSED, record::v1::EXCHANGE_PHASE_FAVOURABLE}) {
    api::WatchExchangeResponse& change = gateway.changes.emplace_back();
    change.mutable_exchange()->mutable_row()->set_phase(phase);
    change.set_size(20 + gateway.changes.size());
  }
  api::Transfer& transfer = *gateway.changes[1].add_transfers();
  *transfer.mutable_name() = Ref('\xc1');
  transfer.mutable_row()->set_phase(record::v1::TRANSFER_PHASE_KEPT);
  record::v1::DeliveryRow& share = *transfer.mutable_row()->add_deliveries();
  share.set_party("p003");
  share.set_phase(record::v1::DELIVERY_PHASE_HELD);
  ASSERT_EQ(Run({"exchange", "watch", "a1"}), 0) << err;
  EXPECT_THAT(out, HasSubstr("entries 21  proposed"));
  EXPECT_THAT(out, HasSubstr("entries 22  favourable opinion"));
  EXPECT_THAT(out, HasSubstr("transfer c1c1c1c1c1c1/0"));
  EXPECT_THAT(out, HasSubstr("p003 held, awaits the DPO"));
  ASSERT_EQ(Run({"exchange", "watch", "a1", "--json"}), 0);
  EXPECT_EQ(json::parse(out.substr(0, out.find('\n')))["size"], 21);
}

TEST_F(ReadsTest, ShowsATransferAndListsThoseOfOneExchange) {
  for (const char byte : {'\xc1', '\xc2'}) {
    api::GetTransferResponse& found = gateway.transfers.emplace_back();
    *found.mutable_transfer()->mutable_name() = Ref(byte);
    record::v1::TransferRow& row = *found.mutable_transfer()->mutable_row();
    row.set_phase(record::v1::TRANSFER_PHASE_KEPT);
    *row.mutable_exchange() = byte == '\xc1' ? Ref('\xa1') : Ref('\xa2');
    record::v1::DeliveryRow& share = *row.add_deliveries();
    share.set_party("p002");
    share.set_phase(record::v1::DELIVERY_PHASE_RELEASED);
    share.set_handovers(2);
  }
  ASSERT_EQ(Run({"transfer", "show", "c1"}), 0) << err;
  EXPECT_THAT(out, HasSubstr("p002 released, handovers 2"));
  ASSERT_EQ(Run({"transfer", "list", "--exchange", "a1", "--json"}), 0) << err;
  const json said = json::parse(out);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0]["name"], NameOf(Ref('\xc1'), false));
  ASSERT_EQ(Run({"transfer", "list", "--json"}), 0);
  EXPECT_EQ(json::parse(out).size(), 2u);
}

TEST_F(ReadsTest, ListsTheNewestTransferLastWithItsExchangeAndWhatIsFrozen) {
  for (const auto& [byte, time_ms] :
       {std::pair{'\xc1', int64_t{1717408800000}}, {'\xc2', int64_t{1717408700000}}}) {
    api::GetTransferResponse& found = gateway.transfers.emplace_back();
    *found.mutable_transfer()->mutable_name() = Ref(byte);
    record::v1::TransferRow& row = *found.mutable_transfer()->mutable_row();
    row.set_phase(record::v1::TRANSFER_PHASE_KEPT);
    *row.mutable_exchange() = Ref('\xa1');
    row.mutable_submitted()->set_time_ms(time_ms);
    row.add_deliveries()->set_party("p002");
  }
  gateway.transfers[1].add_freezes();
  gateway.exchanges[0].add_freezes();
  ASSERT_EQ(Run({"transfer", "list"}), 0) << err;
  const size_t newest = out.find("c1c1c1c1c1c1/0");
  const size_t oldest = out.find("c2c2c2c2c2c2/0");
  ASSERT_NE(newest, std::string::npos) << out;
  EXPECT_LT(oldest, newest);
  EXPECT_THAT(out.substr(oldest, newest - oldest),
              AllOf(HasSubstr("a1a1a1a1a1a1/0"), HasSubstr("2024-06-03T09:58:20.000Z"),
                    HasSubstr("frozen")));
  EXPECT_THAT(out.substr(newest), Not(HasSubstr("frozen")));
  ASSERT_EQ(Run({"transfer", "list", "--json"}), 0) << err;
  EXPECT_EQ(json::parse(out)[0]["frozen"], true);
  ASSERT_EQ(RunIn("fr", {"exchange", "list"}), 0) << err;
  EXPECT_THAT(out, HasSubstr("gelé"));
}

TEST_F(ReadsTest, AnApprovedExchangeLapsesNoMore) {
  *exchange().mutable_lapses_on() = Date(2024, 7, 3);
  for (const auto phase :
       {record::v1::EXCHANGE_PHASE_PROPOSED, record::v1::EXCHANGE_PHASE_APPROVED}) {
    exchange().set_phase(phase);
    ASSERT_EQ(Run({"exchange", "show", "a1"}), 0) << err;
    EXPECT_EQ(out.find("lapses after") != std::string::npos,
              phase == record::v1::EXCHANGE_PHASE_PROPOSED)
        << out;
  }
}

TEST_F(ReadsTest, ShowsNamesTextsAndLabelsBesideTheCodes) {
  convention::v1::Purpose& purpose = *gateway.founding.mutable_convention()->add_purposes();
  purpose.set_code("I-1");
  purpose.set_text("Partager un diagnostic");
  convention::v1::Unit& unit = *gateway.founding.mutable_settings()->add_units();
  unit.set_code("stats");
  unit.set_label_fr("Observatoire");
  unit.set_label_en("Statistics");
  exchange().set_holder("p001");
  exchange().set_recipient("p009");
  exchange().set_purpose("I-1");
  exchange().add_units("stats");
  ASSERT_EQ(Run({"exchange", "show", "a1"}), 0) << err;
  EXPECT_THAT(out,
              AllOf(HasSubstr("p001 (Partie p001)"), HasSubstr("p009\n"),
                    HasSubstr("I-1 (Partager un diagnostic)"), HasSubstr("stats (Statistics)")));
}

// ---- documents --------------------------------------------------------------------------------

TEST_F(ReadsTest, ListsTheDocumentsOfAnExchangeWithWhatTheyAre) {
  std::vector<statement::v1::Act> proposal(1), opinion(1), decision(1), sheet(1);
  proposal[0].mutable_exchange_proposed()->mutable_reasons()->set_digest(std::string(32, '\x01'));
  statement::v1::DpoOpinionGiven& given = *opinion[0].mutable_dpo_opinion_given();
  given.mutable_reasons()->set_digest(std::string(32, '\x02'));
  given.add_recommendations()->mutable_text()->set_digest(std::string(32, '\x03'));
  given.mutable_recommendations(0)->set_weight(statement::v1::RECOMMENDATION_WEIGHT_ADVICE);
  decision[0].mutable_exchange_decided()->mutable_reasons()->set_digest(std::string(32, '\x04'));
  sheet[0].mutable_register_entry_recorded()->mutable_sheet()->set_digest(std::string(32, '\x05'));
  Record('\xa1', proposal);
  Record('\xb1', opinion);
  Record('\xb2', decision);
  *exchange().mutable_proposal()->mutable_act() = Ref('\xa1');
  *exchange().mutable_opinion()->mutable_act() = Ref('\xb1');
  *exchange().mutable_decision()->mutable_act() = Ref('\xb2');
  // Its receipt is not for us to see.
  *exchange().mutable_register_entry()->mutable_act() = Ref('\xb3');
  gateway.exchanges[0]
      .mutable_dataset()
      ->mutable_row()
      ->mutable_declared()
      ->mutable_title()
      ->set_digest(std::string(32, '\x06'));
  ASSERT_EQ(Run({"exchange", "show", "a1", "--json"}), 0) << err;
  const json said = json::parse(out);
  std::vector<std::string> listed;
  for (const json& each : said["documents"])
    listed.push_back(std::string(each["what"]) + " " +
                     std::string(each["commitment"]).substr(0, 2));
  EXPECT_THAT(listed, ElementsAre("reasons of the request 01", "title of the dataset 06",
                                  "reasons of the opinion 02", "recommendation no. 1 (advice) 03",
                                  "reasons of the decision 04"));
  Record('\xb3', sheet);
  ASSERT_EQ(RunIn("fr", {"exchange", "show", "a1"}), 0) << err;
  EXPECT_THAT(out, HasSubstr("fiche du registre\n    " + base::ToHex(std::string(32, '\x05'))));
}

TEST_F(ReadsTest, ReadsADocumentOnTheTerminalOnlyWhereItIsText) {
  const std::string digest = base::ToHex(std::string(32, '\x01'));
  record::v1::Attachment& document = gateway.documents[std::string(32, '\x01')];
  document.set_media_type("text/plain; charset=utf-8");
  document.set_content("Motifs : accordé.\n");
  ASSERT_EQ(Run({"document", "get", digest}), 0) << err;
  EXPECT_EQ(out, "Motifs : accordé.\n");
  ASSERT_EQ(Run({"document", "get", digest, "--json"}), 0) << err;
  EXPECT_EQ(json::parse(out)["text"], "Motifs : accordé.\n");
  for (const std::string& content : {std::string("\x1b[2J"), std::string("\xc2\x9b 2J"),
                                     std::string("caf\xe9"), std::string("a\0b", 3)}) {
    document.set_content(content);
    EXPECT_EQ(Run({"document", "get", digest}), 2) << content;
    EXPECT_THAT(err, HasSubstr("DOCUMENT_NOT_TEXT --out"));
    EXPECT_EQ(out, "");
  }
  document.set_media_type("application/pdf");
  document.set_content("%PDF");
  EXPECT_EQ(Run({"document", "get", digest}), 2);
  ASSERT_EQ(Run({"document", "get", digest, "-o", folder / "avis.pdf"}), 0) << err;
  EXPECT_EQ(*base::ReadFile(folder / "avis.pdf", 100), "%PDF");
  EXPECT_EQ(Run({"document", "get", std::string(64, 'f')}), 1);
  EXPECT_EQ(Run({"document", "get", "0123"}), 2);
}

// ---- people and settings ----------------------------------------------------------------------

TEST_F(ReadsTest, ListsKeysWithTheirStops) {
  api::Key& able = gateway.keys.emplace_back();
  able.set_fingerprint(std::string(32, '\x61'));
  able.set_in_force(true);
  able.mutable_row()->set_agent(std::string(16, '\x07'));
  // A founding key.
  able.mutable_row()->set_valid_until_ms(INT64_MAX);
  api::Key& stopped = gateway.keys.emplace_back();
  stopped.set_fingerprint(std::string(32, '\x62'));
  record::v1::KeyStopRow& stop = *stopped.mutable_row()->add_stops();
  stop.set_cause(statement::v1::STOP_CAUSE_SUSPENDED);
  stop.set_party("p001");
  *stop.mutable_lapses_on() = Date(2024, 6, 17);
  *stopped.add_awaiting() = Ref('\x71');
  stopped.set_awaiting_omitted(5);
  ASSERT_EQ(Run({"agent", "list"}), 0) << err;
  EXPECT_THAT(out, HasSubstr("616161616161  " + base::ToHex(std::string(16, '\x07')) +
                             "  -     -      -          in force"));
  EXPECT_THAT(out, HasSubstr("suspended (p001)"));
  EXPECT_THAT(out, HasSubstr("lapses after 2024-06-17"));
  EXPECT_THAT(out, HasSubstr("  6  "));
  ASSERT_EQ(Run({"agent", "list", "--json"}), 0);
  EXPECT_EQ(json::parse(out)[0]["in_force"], true);
}

TEST_F(ReadsTest, ListsWhatAwaitsRatificationWithWhatTheReceiptsSay) {
  api::Key& key = gateway.keys.emplace_back();
  key.set_fingerprint(std::string(32, '\x61'));
  *key.add_awaiting() = Ref('\x71', 1);
  *key.add_awaiting() = Ref('\x72');
  std::vector<statement::v1::Act> acts(2);
  acts[0].mutable_freeze_placed();
  acts[1].mutable_exchange_decided();
  Record('\x71', acts);
  gateway.receipts[std::string(32, '\x71')].entry.set_time_ms(1717408800000);
  ASSERT_EQ(Run({"agent", "awaiting", "61"}), 0) << err;
  EXPECT_THAT(out, HasSubstr("717171717171/1  exchange_decided  2024-06-03T10:00:00.000Z"));
  EXPECT_THAT(out, HasSubstr("727272727272/0"));
  ASSERT_EQ(Run({"agent", "awaiting", "61", "--json"}), 0);
  EXPECT_EQ(json::parse(out)[0]["act"], "exchange_decided");
}

TEST_F(ReadsTest, ListsMandatesThatEndedOrArePaused) {
  for (const char byte : {'\x51', '\x52', '\x53'}) {
    api::Mandate& mandate = gateway.mandates.emplace_back();
    *mandate.mutable_name() = Ref(byte);
    mandate.mutable_row()->set_agent(std::string(16, byte));
  }
  *gateway.mandates[0].mutable_row()->add_endings()->mutable_last_day() = Date(2024, 6, 30);
  api::Key& stopped = gateway.keys.emplace_back();
  stopped.mutable_row()->set_agent(std::string(16, '\x52'));
  stopped.mutable_row()->add_stops();
  ASSERT_EQ(Run({"mandate", "list"}), 0) << err;
  EXPECT_THAT(out, HasSubstr("ends on 2024-06-30"));
  EXPECT_THAT(out, HasSubstr("paused: the agent's key is stopped"));
  // A second key that may sign takes the pause away.
  api::Key& second = gateway.keys.emplace_back();
  second.mutable_row()->set_agent(std::string(16, '\x52'));
  second.set_in_force(true);
  ASSERT_EQ(Run({"mandate", "list"}), 0);
  EXPECT_THAT(out, Not(HasSubstr("paused")));
}

TEST_F(ReadsTest, ShowsTheSettingsInForce) {
  convention::v1::Settings& settings = *gateway.founding.mutable_settings();
  settings.set_opinion_due_days(30);
  settings.add_holidays()->set_month_day(714);
  settings.add_holidays()->set_days_from_easter(39);
  settings.add_units()->set_code("stats");
  ASSERT_EQ(Run({"convention", "settings"}), 0) << err;
  EXPECT_THAT(out, HasSubstr("days for the opinion           30\n"));
  EXPECT_THAT(out, HasSubstr("07-14, Easter+39"));
  EXPECT_THAT(out, HasSubstr("stats"));
  ASSERT_EQ(Run({"convention", "settings", "--json"}), 0);
  EXPECT_EQ(json::parse(out)["holidays"][1]["days_from_easter"], 39);
}

}  // namespace
}  // namespace passerelle::tests
