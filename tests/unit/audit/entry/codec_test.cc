#include "audit/entry/codec.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "gateway/base/bytes.h"
#include "gateway/base/digest.h"
#include "gateway/base/files.h"
#include "gateway/base/limits.h"
#include "gateway/base/status.h"

namespace passerelle::audit::entry {
namespace {

using gateway::base::PathOf;
using gateway::base::ReasonOf;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using record::v1::Entry;
using statement::v1::Act;
using statement::v1::Envelope;
using statement::v1::Statement;

Statement ValidStatement() {
  Statement statement;
  statement::v1::Header& header = *statement.mutable_header();
  header.set_log(std::string(32, 'l'));
  header.mutable_seen()->set_origin("passerelle.example/test");
  header.mutable_seen()->set_size(7);
  header.mutable_seen()->set_root(std::string(32, 'r'));
  header.add_signers(std::string(32, 'a'));
  header.add_signers(std::string(32, 'b'));
  header.set_issued_at_ms(1717408800000);
  header.set_not_after_ms(1717495200000);
  header.set_nonce(std::string(16, 'n'));
  Act& act = *statement.add_acts();
  act.set_party("p001");
  act.mutable_dpo_opinion_given()->mutable_exchange()->set_statement(std::string(32, 'x'));
  act.mutable_dpo_opinion_given()->set_opinion(statement::v1::OPINION_FAVOURABLE);
  act.mutable_dpo_opinion_given()->mutable_reasons()->set_digest(std::string(32, 'd'));
  return statement;
}

Entry ValidEntry() {
  Entry entry;
  entry.set_salt(std::string(16, 's'));
  entry.set_time_ms(1717408800000);
  entry.mutable_civil_date()->set_year(2024);
  entry.mutable_civil_date()->set_month(6);
  entry.mutable_civil_date()->set_day(3);
  entry.set_format_minor(kFormatMinor);
  entry.set_engine_version("1");
  record::v1::PartyLink& all = *entry.add_links();
  all.set_party("all");
  all.set_ordinal(3);
  all.set_previous(std::string(32, 'h'));
  entry.add_links()->set_party("p001");
  entry.mutable_recorded()->set_envelope("envelope");
  entry.mutable_recorded()->add_decisions()->set_effect(record::v1::EFFECT_ACCEPTED);
  return entry;
}

template <typename Message>
struct Change {
  const char* name;
  std::function<void(Message&)> apply;
  const char* reason;
  const char* path;
};

TEST(DecodeEnvelope, ReturnsTheExactPayload) {
  Envelope envelope;
  envelope.set_payload_type("t");
  envelope.set_payload("payload");
  envelope.add_signatures()->set_raw("signature");
  const absl::StatusOr<Envelope> decoded = DecodeEnvelope(envelope.SerializeAsString());
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->payload(), "payload");
  EXPECT_EQ(decoded->signatures(0).raw(), "signature");
}

TEST(DecodeEnvelope, RefusesWhatIsMissingOrTooMuch) {
  const std::vector<Change<Envelope>> changes = {
      {"no payload", [](Envelope& e) { e.clear_payload(); }, "MISSING", "envelope.payload"},
      {"no signature", [](Envelope& e) { e.clear_signatures(); }, "MISSING", "envelope.signatures"},
      {"no kind", [](Envelope& e) { e.add_signatures(); }, "MISSING", "envelope.signatures[1]"},
      {"seventeen signatures",
       [](Envelope& e) {
         for (size_t i = 0; i < gateway::base::kMaxSigners; ++i) e.add_signatures()->set_raw("s");
       },
       "TOO_MANY", "envelope.signatures"},
      {"too long", [](Envelope& e) { e.set_payload(std::string(48 * 1024, 'x')); }, "ENVELOPE_SIZE",
       "envelope"},
  };
  for (const Change<Envelope>& change : changes) {
    Envelope envelope;
    envelope.set_payload("payload");
    envelope.add_signatures()->set_raw("signature");
    change.apply(envelope);
    const absl::Status status = DecodeEnvelope(envelope.SerializeAsString()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << change.name;
    EXPECT_EQ(ReasonOf(status), change.reason) << change.name;
    EXPECT_EQ(PathOf(status), change.path) << change.name;
  }
  EXPECT_EQ(PathOf(DecodeEnvelope("\x48\x01").status()), "envelope.9");
}

TEST(DecodeStatement, TakesAValidOne) {
  const Statement statement = ValidStatement();
  const absl::StatusOr<Statement> decoded = DecodeStatement(statement.SerializeAsString());
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->SerializeAsString(), statement.SerializeAsString());
  Statement genesis = ValidStatement();
  genesis.mutable_header()->clear_log();
  genesis.mutable_header()->clear_seen();
  genesis.mutable_acts(0)->mutable_dpo_opinion_given()->mutable_exchange()->clear_statement();
  EXPECT_TRUE(DecodeStatement(genesis.SerializeAsString()).ok());
}

TEST(DecodeSigned, ReadsBothAndSaysWhichIsMalformed) {
  Envelope envelope;
  envelope.set_payload(ValidStatement().SerializeAsString());
  envelope.add_signatures()->set_raw("signature");
  const absl::StatusOr<SignedStatement> decoded = DecodeSigned(envelope.SerializeAsString());
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->envelope.SerializeAsString(), envelope.SerializeAsString());
  EXPECT_EQ(decoded->statement.SerializeAsString(), envelope.payload());
  EXPECT_EQ(PathOf(DecodeSigned("\x48\x01").status()), "envelope.9");
  envelope.set_payload("\x48\x01");
  EXPECT_EQ(PathOf(DecodeSigned(envelope.SerializeAsString()).status()), "statement.9");
}

// The seeds of the fuzzer reach its depths only when they are accepted.
TEST(DecodeStatement, TakesTheSeedsOfTheFuzzer) {
  const std::string corpus = PASSERELLE_TESTDATA "/../fuzz/corpus/statement/";
  for (const char* name : {"genesis", "people", "dataset", "opinion", "transfer"}) {
    const std::string payload = *gateway::base::ReadFile(corpus + name, 4096);
    EXPECT_TRUE(DecodeStatement(payload).ok()) << name << DecodeStatement(payload).status();
    const std::string bytes = *gateway::base::ReadFile(corpus + name + "-envelope", 4096);
    const absl::StatusOr<Envelope> envelope = DecodeEnvelope(bytes);
    ASSERT_TRUE(envelope.ok()) << name << envelope.status();
    EXPECT_EQ(envelope->payload(), payload) << name;
  }
  EXPECT_TRUE(DecodeStatement(*gateway::base::ReadFile(corpus + "default-written-out", 4096)).ok());
}

TEST(DecodeStatement, RefusesAMalformedHeader) {
  const std::vector<Change<Statement>> changes = {
      {"no header", [](Statement& s) { s.clear_header(); }, "MISSING", "statement.header"},
      {"short log", [](Statement& s) { s.mutable_header()->set_log("l"); }, "LENGTH",
       "statement.header.log"},
      {"seen without origin",
       [](Statement& s) { s.mutable_header()->mutable_seen()->clear_origin(); }, "MISSING",
       "statement.header.seen.origin"},
      {"seen with a long origin",
       [](Statement& s) { s.mutable_header()->mutable_seen()->set_origin(std::string(256, 'o')); },
       "LENGTH", "statement.header.seen.origin"},
      {"seen without size", [](Statement& s) { s.mutable_header()->mutable_seen()->clear_size(); },
       "MISSING", "statement.header.seen.size"},
      {"seen without root", [](Statement& s) { s.mutable_header()->mutable_seen()->clear_root(); },
       "LENGTH", "statement.header.seen.root"},
      {"no signer", [](Statement& s) { s.mutable_header()->clear_signers(); }, "MISSING",
       "statement.header.signers"},
      {"short signer", [](Statement& s) { s.mutable_header()->set_signers(1, "c"); }, "LENGTH",
       "statement.header.signers[1]"},
      {"signer twice",
       [](Statement& s) { s.mutable_header()->set_signers(1, s.header().signers(0)); }, "ORDER",
       "statement.header.signers[1]"},
      {"signers not sorted",
       [](Statement& s) { s.mutable_header()->add_signers(std::string(32, 'a')); }, "ORDER",
       "statement.header.signers[2]"},
      {"seventeen signers",
       [](Statement& s) {
         for (char c = 'c'; c <= 'q'; ++c) s.mutable_header()->add_signers(std::string(32, c));
       },
       "TOO_MANY", "statement.header.signers"},
      {"long nonce", [](Statement& s) { s.mutable_header()->set_nonce(std::string(17, 'n')); },
       "LENGTH", "statement.header.nonce"},
  };
  for (const Change<Statement>& change : changes) {
    Statement statement = ValidStatement();
    change.apply(statement);
    const absl::Status status = DecodeStatement(statement.SerializeAsString()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << change.name;
    EXPECT_EQ(ReasonOf(status), change.reason) << change.name;
    EXPECT_EQ(PathOf(status), change.path) << change.name;
  }
}

TEST(DecodeStatement, RefusesMalformedActs) {
  const auto opinion = [](Statement& s) { return s.mutable_acts(0)->mutable_dpo_opinion_given(); };
  const std::vector<Change<Statement>> changes = {
      {"no act", [](Statement& s) { s.clear_acts(); }, "MISSING", "statement.acts"},
      {"no body", [](Statement& s) { s.add_acts()->set_party("p001"); }, "MISSING",
       "statement.acts[1]"},
      {"too many acts",
       [](Statement& s) {
         for (size_t i = 0; i < gateway::base::kMaxActs; ++i)
           s.add_acts()->mutable_retention_reached();
       },
       "TOO_MANY", "statement.acts"},
      {"short reference", [&](Statement& s) { opinion(s)->mutable_exchange()->set_statement("x"); },
       "LENGTH", "statement.acts[0].dpo_opinion_given.exchange.statement"},
      {"a name after a digest",
       [&](Statement& s) { opinion(s)->mutable_reasons()->mutable_digest()->append("name"); },
       "LENGTH", "statement.acts[0].dpo_opinion_given.reasons.digest"},
      {"empty commitment",
       [&](Statement& s) {
         opinion(s)->mutable_reasons();
         opinion(s)->mutable_reasons()->clear_digest();
       },
       "LENGTH", "statement.acts[0].dpo_opinion_given.reasons.digest"},
      {"too many dropped fields",
       [&](Statement& s) {
         for (size_t i = 0; i <= gateway::base::kMaxFields; ++i)
           opinion(s)->mutable_conditions()->add_dropped_fields("f");
       },
       "TOO_MANY", "statement.acts[0].dpo_opinion_given.conditions.dropped_fields"},
      {"too many codes",
       [](Statement& s) {
         statement::v1::DatasetDeclared& dataset = *s.add_acts()->mutable_dataset_declared();
         dataset.add_fields();
         statement::v1::Field& field = *dataset.add_fields();
         for (size_t i = 0; i <= gateway::base::kMaxFieldCodes; ++i) field.add_codes("c");
       },
       "TOO_MANY", "statement.acts[1].dataset_declared.fields[1].codes"},
      {"short agent", [](Statement& s) { s.add_acts()->mutable_agent_enrolled()->set_agent("a"); },
       "LENGTH", "statement.acts[1].agent_enrolled.agent"},
      {"long answerable agent",
       [](Statement& s) {
         s.add_acts()->mutable_mandate_given()->set_agent(std::string(16, 'a'));
         s.mutable_acts(1)->mutable_mandate_given()->set_answerable_agent(std::string(17, 'a'));
       },
       "LENGTH", "statement.acts[1].mandate_given.answerable_agent"},
  };
  for (const Change<Statement>& change : changes) {
    Statement statement = ValidStatement();
    change.apply(statement);
    const absl::Status status = DecodeStatement(statement.SerializeAsString()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << change.name;
    EXPECT_EQ(ReasonOf(status), change.reason) << change.name;
    EXPECT_EQ(PathOf(status), change.path) << change.name;
  }
}

// Byte fields of a statement that have no one length.
const std::set<std::string>& FreeBytes() {
  static const std::set<std::string> free = {
      "passerelle.convention.v1.Settings.tls_trust_anchors",
      "passerelle.convention.v1.TimeStampAuthority.trust_anchors",
      "passerelle.statement.v1.AgentEnrolled.spki",
      "passerelle.statement.v1.FoundingKey.spki",
      "passerelle.statement.v1.ReceiptPresented.checkpoint",
      "passerelle.statement.v1.ReceiptPresented.entry",
      "passerelle.statement.v1.ReceiptPresented.path",
      "passerelle.statement.v1.ShardOpened.closing",
      "passerelle.statement.v1.ShardOpened.succession",
      "passerelle.statement.v1.Signature.raw",
  };
  return free;
}

// Calls `visit` for every field that an act can hold, with the way to it.
using Way = std::vector<const FieldDescriptor*>;
void ForEachWay(const Descriptor& type, Way& way, const std::function<void(const Way&)>& visit) {
  for (int i = 0; i < type.field_count(); ++i) {
    way.push_back(type.field(i));
    visit(way);
    if (type.field(i)->message_type() != nullptr)
      ForEachWay(*type.field(i)->message_type(), way, visit);
    way.pop_back();
  }
}

// Adds an act that a way leads into, with what an act of its kind cannot go without.
Act* AddBareAct(Statement& statement, const Way& way) {
  Act* act = statement.add_acts();
  act->mutable_retention_reached();  // a way that begins beside the body keeps it
  if (way.front()->message_type() != nullptr)
    act->GetReflection()->MutableMessage(act, way.front());
  if (act->has_mandate_given()) act->mutable_mandate_given()->set_agent(std::string(16, 'a'));
  if (act->has_key_reinstated()) act->mutable_key_reinstated()->set_key(std::string(32, 'k'));
  if (act->has_transfer_acknowledged())
    act->mutable_transfer_acknowledged()->set_payload(std::string(32, 'p'));
  if (act->has_checkpoint_stamped())
    act->mutable_checkpoint_stamped()->set_checkpoint(std::string(32, 'c'));
  return act;
}

// The message that holds the last field of a way, one element in each list on it; `path` is told.
Message* Reach(Message* message, const Way& way, std::string& path) {
  for (size_t i = 0; i + 1 < way.size(); ++i) {
    path += "." + way[i]->name() + (way[i]->is_repeated() ? "[0]" : "");
    message = way[i]->is_repeated() ? message->GetReflection()->AddMessage(message, way[i])
                                    : message->GetReflection()->MutableMessage(message, way[i]);
  }
  path += "." + way.back()->name();
  return message;
}

// A longer digest or agent would be a place to hide a name in.
TEST(DecodeStatement, RefusesBytesOfAnotherLengthWhereverTheyStand) {
  Way way;
  int lengths = 0;
  ForEachWay(*Act::descriptor(), way, [&](const Way& to) {
    if (to.back()->type() != FieldDescriptor::TYPE_BYTES) return;
    if (FreeBytes().count(to.back()->full_name()) != 0) return;
    Statement statement = ValidStatement();
    std::string path = "statement.acts[1]";
    Message* holder = Reach(AddBareAct(statement, to), to, path);
    holder->GetReflection()->SetString(holder, to.back(), std::string(33, 'x'));
    const absl::Status status = DecodeStatement(statement.SerializeAsString()).status();
    EXPECT_EQ(ReasonOf(status), "LENGTH") << path;
    EXPECT_EQ(PathOf(status), path);
    ++lengths;
  });
  EXPECT_GT(lengths, 40);
}

TEST(DecodeStatement, BoundsTheListsOfDatasetsExchangesAndMandates) {
  using gateway::base::kMaxCodes;
  using gateway::base::kMaxFields;
  const std::vector<std::pair<const char*, size_t>> bounds = {
      {"dataset_declared.purposes", kMaxCodes},
      {"dataset_declared.tags", kMaxCodes},
      {"dataset_declared.data_subjects", kMaxCodes},
      {"dataset_declared.units", kMaxCodes},
      {"dataset_declared.fields", kMaxFields},
      {"dataset_declared.fields.codes", gateway::base::kMaxFieldCodes},
      {"exchange_proposed.tags", kMaxCodes},
      {"exchange_proposed.units", kMaxCodes},
      {"exchange_proposed.fields", kMaxFields},
      {"dpo_opinion_given.conditions.dropped_fields", kMaxFields},
      {"mandate_given.datasets", kMaxCodes},
  };
  for (const auto& [name, most] : bounds) {
    Way to;
    const Descriptor* type = Act::descriptor();
    for (const auto field : absl::StrSplit(name, '.')) {
      to.push_back(type->FindFieldByName(std::string(field)));
      type = to.back()->message_type();
    }
    for (const size_t size : {most, most + 1}) {
      Statement statement = ValidStatement();
      std::string path = "statement.acts[1]";
      Message* holder = Reach(AddBareAct(statement, to), to, path);
      for (size_t i = 0; i < size; ++i)
        if (type != nullptr)
          holder->GetReflection()->AddMessage(holder, to.back());
        else
          holder->GetReflection()->AddString(holder, to.back(), "x");
      const absl::Status status = DecodeStatement(statement.SerializeAsString()).status();
      EXPECT_EQ(ReasonOf(status), size > most ? "TOO_MANY" : "OK") << path;
      EXPECT_EQ(PathOf(status), size > most ? path : "");
    }
  }
}

TEST(Leaf, RoundTrips) {
  const absl::StatusOr<std::string> leaf = EncodeLeaf(ValidEntry());
  ASSERT_TRUE(leaf.ok());
  EXPECT_EQ(leaf->substr(0, 20), "passerelle/entry/v1\n");
  const absl::StatusOr<Entry> entry = DecodeLeaf(*leaf);
  ASSERT_TRUE(entry.ok()) << entry.status();
  EXPECT_EQ(entry->SerializeAsString(), ValidEntry().SerializeAsString());
}

// The example of audit/FORMAT.md, which seeds a fuzzer too.
TEST(Leaf, HasTheBytesOfItsFormat) {
  const std::string leaf =
      *gateway::base::ReadFile(PASSERELLE_TESTDATA "/../fuzz/corpus/entry/refused", 1024);
  EXPECT_EQ(gateway::base::ToHex(
                gateway::base::View(gateway::base::Sha256({std::string_view("\0", 1), leaf}))),
            "88d7260b19529c0ef82feb550130c82c42632f3fc6f996a498f8279464fbab38");
  const absl::StatusOr<Entry> entry = DecodeLeaf(leaf);
  ASSERT_TRUE(entry.ok()) << entry.status();
  EXPECT_EQ(entry->refused().findings(0).rule(), "IX.2c");
  EXPECT_EQ(*EncodeLeaf(*entry), leaf);
}

TEST(Leaf, HoldsAtMost65535Bytes) {
  Entry entry = ValidEntry();
  entry.mutable_recorded()->set_envelope(std::string(65000, 'e'));
  const size_t room = 65535 - EncodeLeaf(entry)->size();
  entry.mutable_recorded()->mutable_envelope()->append(room, 'e');
  ASSERT_EQ(EncodeLeaf(entry)->size(), 65535u);
  EXPECT_TRUE(DecodeLeaf(*EncodeLeaf(entry)).ok());
  entry.mutable_recorded()->mutable_envelope()->push_back('e');
  const absl::Status status = EncodeLeaf(entry).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ReasonOf(status), "ENTRY_SIZE");
}

TEST(Leaf, RefusesAMalformedOne) {
  const std::vector<Change<Entry>> changes = {
      {"short salt", [](Entry& e) { e.set_salt("s"); }, "LENGTH", "entry.salt"},
      {"no minor", [](Entry& e) { e.clear_format_minor(); }, "MISSING", "entry.format_minor"},
      {"no date", [](Entry& e) { e.clear_civil_date(); }, "MISSING", "entry.civil_date"},
      {"no body", [](Entry& e) { e.clear_body(); }, "MISSING", "entry.body"},
      {"no envelope", [](Entry& e) { e.mutable_recorded()->clear_envelope(); }, "MISSING",
       "entry.recorded.envelope"},
      {"no decision", [](Entry& e) { e.mutable_recorded()->clear_decisions(); }, "MISSING",
       "entry.recorded.decisions"},
      {"no digest", [](Entry& e) { e.mutable_refused(); }, "LENGTH", "entry.refused.salted_digest"},
      {"links not sorted", [](Entry& e) { e.add_links()->set_party("all"); }, "ORDER",
       "entry.links[2]"},
      {"link of nobody", [](Entry& e) { e.mutable_links(0)->clear_party(); }, "MISSING",
       "entry.links[0].party"},
      {"link without its previous", [](Entry& e) { e.mutable_links(0)->clear_previous(); },
       "LENGTH", "entry.links[0].previous"},
      {"first link with a previous",
       [](Entry& e) { e.mutable_links(1)->set_previous(std::string(32, 'p')); }, "LENGTH",
       "entry.links[1].previous"},
  };
  for (const Change<Entry>& change : changes) {
    Entry entry = ValidEntry();
    change.apply(entry);
    const absl::Status status = DecodeLeaf(*EncodeLeaf(entry)).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << change.name;
    EXPECT_EQ(ReasonOf(status), change.reason) << change.name;
    EXPECT_EQ(PathOf(status), change.path) << change.name;
  }
}

TEST(Leaf, RefusesOtherBytes) {
  const std::string leaf = *EncodeLeaf(ValidEntry());
  EXPECT_EQ(ReasonOf(DecodeLeaf("").status()), "ENTRY_TAG");
  EXPECT_EQ(ReasonOf(DecodeLeaf("passerelle/entry/v2\n").status()), "ENTRY_TAG");
  EXPECT_EQ(ReasonOf(DecodeLeaf(leaf + std::string(65535, '\0')).status()), "ENTRY_TAG");
  // A shadowed salt.
  const absl::Status status = DecodeLeaf(leaf + leaf.substr(kLeafTag.size(), 18)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(status), "REPEATED_FIELD");
  EXPECT_EQ(PathOf(status), "entry.salt");
  EXPECT_EQ(DecodeLeaf(leaf.substr(0, leaf.size() - 1)).status().code(),
            absl::StatusCode::kDataLoss);
}

TEST(Leaf, OfALaterMinorIsNotInterpreted) {
  Entry entry = ValidEntry();
  entry.set_format_minor(kFormatMinor + 1);
  // With a field that this binary does not know.
  const absl::Status status = DecodeLeaf(*EncodeLeaf(entry) + "\xf8\x07\x01").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(ReasonOf(status), "FORMAT_MINOR");
}

}  // namespace
}  // namespace passerelle::audit::entry
