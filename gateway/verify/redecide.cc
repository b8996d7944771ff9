#include "gateway/verify/redecide.h"

#include <google/protobuf/util/message_differencer.h>

#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "policy/rules/catalogue.h"

namespace passerelle::gateway::verify {
namespace {

using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;
using policy::AppliedEntry;
using policy::rules::Language;
using record::v1::Decision;
using record::v1::Effect;
using record::v1::Entry;
using record::v1::Finding;
using statement::v1::Act;

// The same words in both languages.
struct Words {
  std::string en, fr;
};

Fault At(const AppliedEntry& recorded, std::string_view en, std::string_view fr) {
  return FaultOfEntry(recorded.index, recorded.entry.time_ms(), en, fr);
}

// An act of a statement by the name of its kind.
Words NameOf(const statement::v1::Statement& statement, int ordinal) {
  const Act& act = statement.acts(ordinal);
  const google::protobuf::FieldDescriptor* body =
      act.GetReflection()->GetOneofFieldDescriptor(act, Act::descriptor()->FindOneofByName("body"));
  const std::string kind = body == nullptr ? "Act" : body->message_type()->name();
  if (statement.acts_size() == 1)
    return {absl::StrCat("its ", kind), absl::StrCat("son acte ", kind)};
  const std::string place = absl::StrCat(ordinal + 1);
  return {absl::StrCat("act ", place, " of its set (", kind, ")"),
          absl::StrCat("l'acte ", place, " de son ensemble (", kind, ")")};
}

Words EffectOf(Effect effect) {
  switch (effect) {
    case record::v1::EFFECT_ACCEPTED:
      return {"accepted", "accepté"};
    case record::v1::EFFECT_NOTED:
      return {"noted", "pris en note"};
    case record::v1::EFFECT_REFUSED:
      return {"refused", "refusé"};
    default:
      return {"without effect", "sans effet"};
  }
}

// What a finding says, without its full stop.
Words FaultOf(const Finding& finding) {
  const auto say = [&](Language language) {
    const std::string text = Shown(policy::rules::DescribeFault(finding, language));
    return std::string(absl::StripSuffix(text, "."));
  };
  return {say(Language::kEnglish), say(Language::kFrench)};
}

// The first field in which two messages differ.
Words Difference(const Message& recorded, const Message& decided) {
  std::string report;
  MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&report);
  differencer.Compare(recorded, decided);
  absl::string_view line(report);
  line = line.substr(0, line.find('\n'));
  if (absl::ConsumePrefix(&line, "added: "))
    return {absl::StrCat("missing: ", line), absl::StrCat("il manque : ", line)};
  if (absl::ConsumePrefix(&line, "deleted: "))
    return {absl::StrCat("too much: ", line), absl::StrCat("en trop : ", line)};
  absl::ConsumePrefix(&line, "modified: ");
  return {absl::StrCat("recorded -> derived: ", line),
          absl::StrCat("enregistré -> calculé : ", line)};
}

// A statement that the rules refuse as a whole, because of one of its acts.
Fault RefusedFault(const AppliedEntry& recorded, const Finding& finding) {
  const int ordinal = static_cast<int>(finding.act());
  const Words name = NameOf(*recorded.statement, ordinal);
  const Words effect = EffectOf(recorded.entry.recorded().decisions(ordinal).effect());
  const Words fault = FaultOf(finding);
  return At(recorded,
            absl::StrCat(name.en, " is recorded as ", effect.en, ", but rule ", finding.rule(),
                         " refuses it: ", fault.en),
            absl::StrCat(name.fr, " est enregistré comme ", effect.fr, ", mais la règle ",
                         finding.rule(), " le refuse : ", fault.fr));
}

Fault EffectFault(const AppliedEntry& recorded, const Words& name, Effect was,
                  const Decision& decided) {
  const Words recorded_as = EffectOf(was);
  const Words is = EffectOf(decided.effect());
  Words why;
  if (decided.findings_size() > 0) {
    const Finding& first = decided.findings(0);
    const Words fault = FaultOf(first);
    why = {absl::StrCat(", rule ", first.rule(), ": ", fault.en),
           absl::StrCat(", règle ", first.rule(), " : ", fault.fr)};
  }
  return At(recorded,
            absl::StrCat(name.en, " is recorded as ", recorded_as.en, ", but by the rules it is ",
                         is.en, why.en),
            absl::StrCat(name.fr, " est enregistré comme ", recorded_as.fr,
                         ", mais d'après les règles il est ", is.fr, why.fr));
}

// The first finding of a decision that another one has not; null when it has them all.
const Finding* FindMissing(const Decision& in, const Decision& of) {
  for (const Finding& finding : of.findings()) {
    bool found = false;
    for (const Finding& other : in.findings())
      found = found || MessageDifferencer::Equals(finding, other);
    if (!found) return &finding;
  }
  return nullptr;
}

Check CompareDecision(const AppliedEntry& recorded, const Entry& decided, int ordinal) {
  const Decision& was = recorded.entry.recorded().decisions(ordinal);
  const Decision& is = decided.recorded().decisions(ordinal);
  const Words name = NameOf(*recorded.statement, ordinal);
  if (was.effect() != is.effect()) return EffectFault(recorded, name, was.effect(), is);
  if (const Finding* dropped = FindMissing(was, is); dropped != nullptr) {
    const Words fault = FaultOf(*dropped);
    return At(recorded,
              absl::StrCat(name.en, " is recorded without the warning of rule ", dropped->rule(),
                           ": ", fault.en),
              absl::StrCat(name.fr, " est enregistré sans l'avertissement de la règle ",
                           dropped->rule(), " : ", fault.fr));
  }
  if (const Finding* invented = FindMissing(is, was); invented != nullptr) {
    const Words fault = FaultOf(*invented);
    const std::string rule = Shown(invented->rule());
    return At(recorded,
              absl::StrCat(name.en, " is recorded with a warning of rule ", rule,
                           " that the rules do not give: ", fault.en),
              absl::StrCat(name.fr, " est enregistré avec un avertissement de la règle ", rule,
                           " que les règles ne donnent pas : ", fault.fr));
  }
  if (MessageDifferencer::Equals(was, is)) return std::nullopt;
  const Words difference = Difference(was, is);
  return At(recorded,
            absl::StrCat(name.en, " is recorded with another outcome than the rules derive (",
                         difference.en, ")"),
            absl::StrCat(name.fr, " est enregistré avec un autre résultat que celui des règles (",
                         difference.fr, ")"));
}

std::string PartiesOf(const Entry& entry) {
  std::string parties;
  for (const record::v1::PartyLink& link : entry.links())
    absl::StrAppend(&parties, parties.empty() ? "" : ", ", Shown(link.party()));
  return parties;
}

}  // namespace

Check Redecide(const policy::state::State& before, const AppliedEntry& recorded) {
  const Entry& entry = recorded.entry;
  const std::string& envelope = entry.recorded().envelope();
  Entry decided = policy::DecideSet(
      before, {*recorded.statement, recorded.digest, envelope.size(), entry.observed()},
      {entry.time_ms(), entry.civil_date()});
  if (decided.has_refused()) return RefusedFault(recorded, decided.refused().findings(0));
  // What DecideSet leaves to the gateway.
  decided.set_salt(entry.salt());
  decided.mutable_recorded()->set_envelope(envelope);
  if (decided.SerializeAsString() == entry.SerializeAsString()) return std::nullopt;
  for (int i = 0; i < recorded.statement->acts_size(); ++i)
    if (Check fault = CompareDecision(recorded, decided, i); fault.has_value()) return fault;
  const std::string was = PartiesOf(entry);
  const std::string is = PartiesOf(decided);
  if (was != is)
    return At(recorded,
              absl::StrCat("it stands in the chains of ", was, "; by the rules it concerns ", is),
              absl::StrCat("elle figure dans les chaînes de ", was,
                           " ; d'après les règles elle concerne ", is));
  const Words difference = Difference(entry, decided);
  return At(
      recorded,
      absl::StrCat("its frame is not the one that the gateway writes (", difference.en, ")"),
      absl::StrCat("son cadre n'est pas celui que la passerelle écrit (", difference.fr, ")"));
}

}  // namespace passerelle::gateway::verify
