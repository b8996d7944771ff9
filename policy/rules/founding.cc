// Entry 0 (WIRE 1): the deed as data, the founding keys. settings.cc judges its settings.
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/base/limits.h"
#include "policy/rules/checks.h"
#include "policy/rules/fields.h"

namespace passerelle::policy::rules {
namespace {

using convention::v1::Convention;
using statement::v1::ConventionEnacted;
using statement::v1::FoundingKey;

constexpr size_t kAgentBytes = 16;
constexpr int kLeastHolders = 2;
constexpr std::string_view kMend =
    "Les fondateurs corrigent l'acte fondateur et signent de nouveau.";
constexpr std::string_view kMendEn = "The founders correct the founding act and sign again.";

constexpr Message kTermsMessages[] = {
    {"window-order", "La convention finit avant de commencer.",
     "The convention ends before it starts.", kMend, kMendEn},
    {"party-kind", "La nature d'une partie n'est pas dite.", "The kind of a party is not said.",
     kMend, kMendEn},
    {"party-repeated", "Deux parties portent le même identifiant.", "Two parties bear the same id.",
     kMend, kMendEn},
    {"secretariat", "Le secrétariat et le contreseing ne reviennent pas à deux parties distinctes.",
     "Secretariat and countersignature do not belong to two distinct parties.", kMend, kMendEn},
    {"code-repeated", "Deux éléments d'une liste fermée portent le même code.",
     "Two elements of a closed list bear the same code.", kMend, kMendEn},
};
constexpr Message kKeysMessages[] = {
    {"gateway-key", "Il faut exactement une clé de passerelle, à la partie qui l'exploite.",
     "There has to be exactly one gateway key, of the party that runs it.", kMend, kMendEn},
    {"holders-too-few", "Il faut au moins {limit} agents dans ce rôle ; il y en a {actual}.",
     "At least {limit} agents are needed in this role; there are {actual}.", kMend, kMendEn},
    {"holder",
     "Une clé fondatrice n'est ni de la passerelle, ni du secrétariat, ni du contreseing.",
     "A founding key is neither the gateway's, nor the secretariat's, nor a countersigner's.",
     kMend, kMendEn},
    {"repeated", "Deux clés fondatrices ont le même agent ou la même empreinte.",
     "Two founding keys have the same agent or the same fingerprint.", kMend, kMendEn},
    {"signers-differ", "Les signataires ne sont pas exactement les clés fondatrices.",
     "The signers are not exactly the founding keys.", kMend, kMendEn},
};

}  // namespace

constexpr Rule kFoundingTerms = {
    "founding.terms",
    Source::kPolicy,
    "5(2)",
    "L'acte fondateur porte toute la convention.",
    "The founding act carries the whole convention.",
    kTermsMessages,
};
constexpr Rule kFoundingKeys = {
    "founding.keys",
    Source::kPolicy,
    "5(1)(f), 32",
    "La passerelle, deux secrétaires et deux contresignataires fondent le journal et le signent.",
    "The gateway, two secretaries and two countersigners found the log and sign it.",
    kKeysMessages,
};

namespace {

bool IsOrigin(std::string_view origin) {
  // Tags of the C2SP formats, which no origin may imitate (WIRE 24).
  for (const std::string_view tag : {"cosignature/", "subtree/", "c2sp.org/"})
    if (origin.substr(0, tag.size()) == tag) return false;
  for (const char c : origin)
    if (c <= ' ' || c > '~' || c == '+') return false;
  return origin.size() <= gateway::base::kMaxOriginBytes;
}

// The days of a dated attribute, where it has any.
template <typename Dated>
void CheckDays(Judgement& j, const Dated& dated, const std::string& at) {
  if (dated.has_from()) NeedDate(j, true, dated.from(), at + ".from");
  if (dated.has_until()) NeedDate(j, true, dated.until(), at + ".until");
}

void CheckAttributes(Judgement& j, const convention::v1::Party& party, const std::string& at) {
  constexpr size_t kCodeBytes = 5;
  for (int i = 0; i < party.names_size(); ++i) {
    const std::string name = absl::StrCat(at, ".names[", i, "]");
    if (party.names(i).name().empty()) Missing(j, name + ".name");
    CheckDays(j, party.names(i), name);
  }
  for (int i = 0; i < party.insee_codes_size(); ++i) {
    const std::string code = absl::StrCat(at, ".insee_codes[", i, "]");
    NeedBytes(j, party.insee_codes(i).code(), kCodeBytes, code + ".code");
    CheckDays(j, party.insee_codes(i), code);
  }
}

void CheckClauses(Judgement& j, const Convention& convention) {
  for (int i = 0; i < convention.clauses_size(); ++i) {
    const std::string at = j.At("convention.clauses", i);
    if (convention.clauses(i).rule().empty()) Missing(j, at + ".rule");
    if (convention.clauses(i).sentence().empty()) Missing(j, at + ".sentence");
  }
}

void CheckParties(Judgement& j, const Convention& convention) {
  if (convention.parties().empty()) Missing(j, j.At("convention.parties"));
  std::set<std::string_view> ids;
  for (int i = 0; i < convention.parties_size(); ++i) {
    const auto& party = convention.parties(i);
    const std::string at = j.At("convention.parties", i);
    // `all` is a chain of its own.
    if (party.id().empty())
      Missing(j, at + ".id");
    else if (!IsSlug(party.id()) || party.id() == state::kEveryone ||
             party.id().find('/') != std::string::npos)
      Malformed(j, at + ".id");
    else if (!ids.insert(party.id()).second)
      j.Refuse({kFoundingTerms, "party-repeated"}, at + ".id");
    if (party.kind() == convention::v1::PARTY_KIND_UNSPECIFIED)
      j.Refuse({kFoundingTerms, "party-kind"}, at + ".kind");
    CheckAttributes(j, party, at);
  }
  if (convention.secretariat_party().empty()) Missing(j, j.At("convention.secretariat_party"));
  if (convention.countersigning_party().empty())
    Missing(j, j.At("convention.countersigning_party"));
  if (ids.count(convention.secretariat_party()) == 0 ||
      ids.count(convention.countersigning_party()) == 0 ||
      convention.secretariat_party() == convention.countersigning_party())
    j.Refuse({kFoundingTerms, "secretariat"}, j.At("convention.secretariat_party"));
}

// The party whose agents may hold a founding role; empty when the role founds nothing.
std::string PartyOfRole(const Convention& convention, const FoundingKey& key) {
  const bool gateway = key.kind() == statement::v1::AGENT_KIND_GATEWAY;
  const bool person = key.kind() == statement::v1::AGENT_KIND_PERSON;
  if (gateway && key.role() == statement::v1::ROLE_OPERATOR) return convention.secretariat_party();
  if (person && key.role() == statement::v1::ROLE_SECRETARIAT)
    return convention.secretariat_party();
  if (person && key.role() == statement::v1::ROLE_COUNTERSIGNER)
    return convention.countersigning_party();
  return std::string();
}

void CheckHolders(Judgement& j, const std::map<statement::v1::Role, int>& holders) {
  const auto count = [&](statement::v1::Role role) {
    const auto it = holders.find(role);
    return it == holders.end() ? 0 : it->second;
  };
  if (count(statement::v1::ROLE_OPERATOR) != 1)
    j.Refuse({kFoundingKeys, "gateway-key"}, j.At("founding_keys"));
  for (const auto role : {statement::v1::ROLE_SECRETARIAT, statement::v1::ROLE_COUNTERSIGNER}) {
    if (count(role) >= kLeastHolders) continue;
    auto& finding = j.Refuse({kFoundingKeys, "holders-too-few"}, j.At("founding_keys"));
    finding.set_limit(kLeastHolders);
    finding.set_actual(count(role));
  }
}

}  // namespace

void CheckFoundingTerms(Judgement& j) {
  const ConventionEnacted& enacted = j.act().convention_enacted();
  const Convention& convention = enacted.convention();
  NeedSlug(j, convention.slug(), j.At("convention.slug"));
  if (convention.title().empty()) Missing(j, j.At("convention.title"));
  if (convention.zone().empty()) Missing(j, j.At("convention.zone"));
  if (convention.language().empty()) Missing(j, j.At("convention.language"));
  const bool starts =
      NeedDate(j, convention.has_starts_on(), convention.starts_on(), j.At("convention.starts_on"));
  const bool ends =
      NeedDate(j, convention.has_ends_on(), convention.ends_on(), j.At("convention.ends_on"));
  if (starts && ends &&
      state::NumberOf(convention.ends_on()) < state::NumberOf(convention.starts_on()))
    j.Refuse({kFoundingTerms, "window-order"}, j.At("convention.ends_on"));
  CheckParties(j, convention);
  CheckClauses(j, convention);
  constexpr Reason kRepeated = {kFoundingTerms, "code-repeated"};
  CheckCodes(j, convention.purposes(), IsPurposeCode, kRepeated, j.At("convention.purposes"), true);
  CheckCodes(j, convention.tags(), IsSlug, kRepeated, j.At("convention.tags"), false);
  CheckCodes(j, convention.data_subjects(), IsSlug, kRepeated, j.At("convention.data_subjects"),
             true);
  if (enacted.environment() == statement::v1::ENVIRONMENT_UNSPECIFIED)
    Missing(j, j.At("environment"));
  if (enacted.origin().empty())
    Missing(j, j.At("origin"));
  else if (!IsOrigin(enacted.origin()))
    Malformed(j, j.At("origin"));
  if (enacted.checkpoint_vkey().empty()) Missing(j, j.At("checkpoint_vkey"));
}

void CheckFoundingKeys(Judgement& j) {
  const ConventionEnacted& enacted = j.act().convention_enacted();
  std::set<std::string> agents, fingerprints;
  std::map<statement::v1::Role, int> holders;
  for (int i = 0; i < enacted.founding_keys_size(); ++i) {
    const FoundingKey& key = enacted.founding_keys(i);
    const std::string at = j.At("founding_keys", i);
    NeedBytes(j, key.agent(), kAgentBytes, at + ".agent");
    if (key.spki().empty())
      Missing(j, at + ".spki");
    else if (!IsSpkiSize(key.spki().size()))
      Malformed(j, at + ".spki");
    if (key.scheme() != statement::v1::SIGNATURE_SCHEME_RAW) Missing(j, at + ".scheme");
    if (key.kind() == statement::v1::AGENT_KIND_UNSPECIFIED) Missing(j, at + ".kind");
    if (key.party().empty()) Missing(j, at + ".party");
    const std::string party = PartyOfRole(enacted.convention(), key);
    if (party.empty() || key.party() != party)
      j.Refuse({kFoundingKeys, "holder"}, at + ".role");
    else
      ++holders[key.role()];
    const std::string fingerprint = gateway::base::ToBytes(gateway::base::Sha256(key.spki()));
    const bool fresh_agent = agents.insert(key.agent()).second;
    const bool fresh_key = fingerprints.insert(fingerprint).second;
    if (!fresh_agent || !fresh_key) j.Refuse({kFoundingKeys, "repeated"}, at);
    Signer founder{fingerprint, key.agent(), key.kind(), true};
    j.Carry(founder, key.role(), state::HeldMandate{});
  }
  CheckHolders(j, holders);
  const auto& signers = j.matter().statement.header().signers();
  if (fingerprints != std::set<std::string>(signers.begin(), signers.end()))
    j.Refuse({kFoundingKeys, "signers-differ"}, "header.signers");
}

}  // namespace passerelle::policy::rules
