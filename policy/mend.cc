#include "policy/mend.h"

#include <string>

namespace passerelle::policy {
namespace {

using statement::v1::Role;
using statement::v1::ROLE_COUNTERSIGNER;
using statement::v1::ROLE_DECIDER;
using statement::v1::ROLE_DPO;
using statement::v1::ROLE_READER;
using statement::v1::ROLE_REPRESENTATIVE;
using statement::v1::ROLE_REQUESTER;
using statement::v1::ROLE_SECRETARIAT;
using statement::v1::ROLE_SENDER;
using statement::v1::ROLE_STEWARD;

// Whose mandate it takes.
enum class Side { kAuthor, kHolder, kRecipient, kSecretariat, kCountersigner };

struct Line {
  std::string_view rule;
  // Empty: every code of the rule that has no line of its own.
  std::string_view code;
  Side side;
  Role role;
  // Whether somebody's act is missing, rather than something in its way.
  bool missing;
};

constexpr Line kLines[] = {
    {"IX.1", "party-not-adhered", Side::kSecretariat, ROLE_SECRETARIAT, true},
    {"IX.1", "recipient-not-adhered", Side::kSecretariat, ROLE_SECRETARIAT, true},
    {"IX.2c", "no-dpo", Side::kHolder, ROLE_REPRESENTATIVE, true},
    {"IX.2c", "not-the-dpo", Side::kHolder, ROLE_DPO, true},
    {"IX.2c", "opinion-missing", Side::kHolder, ROLE_DPO, true},
    {"IX.2c", "opinion-unfavourable", Side::kRecipient, ROLE_REQUESTER, false},
    {"IX.2c", "opinion-too-late", Side::kRecipient, ROLE_REQUESTER, false},
    {"IX.2d", "unanswered", Side::kHolder, ROLE_DECIDER, true},
    {"IX.2d", "not-carried-out", Side::kHolder, ROLE_DECIDER, true},
    {"IX.2d", "condition-rejected", Side::kHolder, ROLE_DECIDER, false},
    {"IX.2b", "already-decided", Side::kRecipient, ROLE_REQUESTER, false},
    {"IX.3c", "register-missing", Side::kHolder, ROLE_STEWARD, true},
    {"IX.5d", "no-reader-mandate", Side::kRecipient, ROLE_REPRESENTATIVE, true},
    {"IX.5d", "unit-not-authorised", Side::kRecipient, ROLE_REPRESENTATIVE, true},
    {"IX.5d", "agreement-missing", Side::kRecipient, ROLE_REPRESENTATIVE, true},
    {"conflict.C1", "dpo-proposed", Side::kHolder, ROLE_DPO, false},
    {"conflict.C1", "dpo-holds-office", Side::kHolder, ROLE_DPO, false},
    {"conflict.C4", "", Side::kHolder, ROLE_DECIDER, false},
    {"deed.signatures", "", Side::kSecretariat, ROLE_SECRETARIAT, true},
    {"deed.signatures", "countersigner-missing", Side::kCountersigner, ROLE_COUNTERSIGNER, true},
    {"exchange.lapse", "", Side::kRecipient, ROLE_REQUESTER, false},
    {"gateway.handover", "held", Side::kHolder, ROLE_DPO, true},
    {"key.compromised", "", Side::kHolder, ROLE_REPRESENTATIVE, false},
    {"key.enrolled", "", Side::kAuthor, ROLE_REPRESENTATIVE, true},
    {"key.in-force", "stopped", Side::kAuthor, ROLE_REPRESENTATIVE, false},
    {"mandate.giver", "representative-or-deed", Side::kAuthor, ROLE_REPRESENTATIVE, true},
    {"mandate.giver", "deed-only", Side::kSecretariat, ROLE_SECRETARIAT, true},
    {"mandate.role", "steward-missing", Side::kAuthor, ROLE_STEWARD, true},
    {"mandate.role", "requester-missing", Side::kAuthor, ROLE_REQUESTER, true},
    {"mandate.role", "decider-missing", Side::kAuthor, ROLE_DECIDER, true},
    {"mandate.role", "sender-missing", Side::kAuthor, ROLE_SENDER, true},
    {"mandate.role", "reader-missing", Side::kAuthor, ROLE_READER, true},
    {"mandate.role", "dataset-not-named", Side::kAuthor, ROLE_REPRESENTATIVE, true},
    {"mandate.role", "not-answered-for", Side::kAuthor, ROLE_REPRESENTATIVE, true},
    {"transfer.approval", "not-approved", Side::kHolder, ROLE_DECIDER, true},
    {"transfer.approval", "not-yet", Side::kHolder, ROLE_SENDER, false},
    {"transfer.approval", "outside-dates", Side::kRecipient, ROLE_REQUESTER, false},
    {"transfer.approval", "cap-reached", Side::kRecipient, ROLE_REQUESTER, false},
};

const Line* FindLine(std::string_view rule, std::string_view code) {
  const Line* of_rule = nullptr;
  for (const Line& line : kLines) {
    if (line.rule != rule) continue;
    if (line.code == code) return &line;
    if (line.code.empty()) of_rule = &line;
  }
  return of_rule;
}

}  // namespace

Mend MendOf(const state::State& state, const record::v1::Finding& finding, std::string_view party,
            const record::v1::ExchangeRow* exchange) {
  Mend mend;
  // A freeze is lifted by the side that placed it.
  const record::v1::FreezeRow* freeze =
      finding.has_about() ? state.freezes.Find(state::KeyOf(finding.about())) : nullptr;
  if (freeze != nullptr) return {freeze->party(), ROLE_REPRESENTATIVE, false};
  const Line* line = FindLine(finding.rule(), finding.code());
  if (line == nullptr || state.founding() == nullptr) return mend;
  mend.role = line->role;
  mend.missing = line->missing;
  switch (line->side) {
    case Side::kAuthor:
      mend.party = std::string(party);
      break;
    case Side::kHolder:
      mend.party = exchange == nullptr ? std::string(party) : exchange->holder();
      break;
    case Side::kRecipient:
      // A class has no requester of its own: the holder's steward proposes to it.
      mend.party = exchange == nullptr ? std::string(party) : exchange->recipient();
      if (exchange != nullptr && mend.party.empty())
        mend = {exchange->holder(), ROLE_STEWARD, mend.missing};
      break;
    case Side::kSecretariat:
      mend.party = state.founding()->convention().secretariat_party();
      break;
    case Side::kCountersigner:
      mend.party = state.founding()->convention().countersigning_party();
      break;
  }
  return mend;
}

std::vector<std::pair<std::string_view, std::string_view>> MendTable() {
  std::vector<std::pair<std::string_view, std::string_view>> table;
  for (const Line& line : kLines) table.emplace_back(line.rule, line.code);
  return table;
}

}  // namespace passerelle::policy
