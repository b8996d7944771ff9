// Refusals of settings, first ones and later ones.
#include "tests/unit/policy/rules/cases.h"

namespace passerelle::tests {
namespace {

using convention::v1::Settings;
using statement::v1::Act;

// New settings that `spoil` spoils.
Case Changing(std::string rule, std::string code, std::string path,
              std::function<void(Settings&)> spoil) {
  return Spoilt(std::move(rule), std::move(code), "settings_enacted.settings." + path,
                Stage::kAdhered, World::transcribers(), [spoil = std::move(spoil)](World& world) {
                  Act act = world.EnactSettings();
                  spoil(*act.mutable_settings_enacted()->mutable_settings());
                  return act;
                });
}

void AddClass(Settings& settings, std::string_view code, const Names& parties) {
  auto& added = *settings.add_recipient_classes();
  added.set_code(std::string(code));
  for (const std::string& party : parties) added.add_parties(party);
}

std::vector<Case> FormCases() {
  constexpr const char* kForm = "settings.form";
  return {
      Changing(kForm, "threshold", "least_threshold", [](auto& s) { s.set_least_threshold(4); }),
      Changing(kForm, "unit-repeated", "units[3].code",
               [](auto& s) { s.add_units()->set_code("stats"); }),
      Changing("wire.field", "malformed", "units[3].code",
               [](auto& s) { s.add_units()->set_code("Petite enfance"); }),
      Changing("wire.field", "missing", "units[3].code", [](auto& s) { s.add_units(); }),
      Changing(kForm, "class-repeated", "recipient_classes[3].code",
               [](auto& s) {
                 AddClass(s, "communes", {"p003"});
                 AddClass(s, "communes", {"p004"});
               }),
      Changing(kForm, "class-members", "recipient_classes[2].parties[1]",
               [](auto& s) {
                 AddClass(s, "communes", {"p003", "p009"});
               }),
      Changing(kForm, "class-members", "recipient_classes[2].parties[1]",
               [](auto& s) {
                 AddClass(s, "communes", {"p004", "p003"});
               }),
      Changing(kForm, "class-members", "recipient_classes[2].parties[1]",
               [](auto& s) {
                 AddClass(s, "communes", {"p004", "p004"});
               }),
      Changing("wire.field", "missing", "recipient_classes[2].parties",
               [](auto& s) { AddClass(s, "communes", {}); }),
      Changing("wire.field", "malformed", "recipient_classes[2].code",
               [](auto& s) { AddClass(s, "Les communes", {"p003"}); }),
      Changing("wire.field", "missing", "stop_working_days",
               [](auto& s) { s.clear_stop_working_days(); }),
      Changing(kForm, "days", "stop_working_days", [](auto& s) { s.set_stop_working_days(31); }),
      Changing(kForm, "days", "opinion_due_days", [](auto& s) { s.set_opinion_due_days(3661); }),
      Changing(kForm, "days", "decision_due_days", [](auto& s) { s.set_decision_due_days(3661); }),
      Changing(kForm, "days", "request_lapse_days",
               [](auto& s) { s.set_request_lapse_days(0xffffffff); }),
      Changing(kForm, "holiday", "holidays[1]",
               [](auto& s) { s.add_holidays()->set_month_day(231); }),
      Changing(kForm, "holiday", "holidays[1]", [](auto& s) { s.add_holidays(); }),
      Changing(kForm, "holiday", "holidays[1]",
               [](auto& s) { s.add_holidays()->set_days_from_easter(-2147483647 - 1); }),
      Changing(kForm, "holiday", "holidays[2]",
               [](auto& s) {
                 s.add_holidays()->set_days_from_easter(1);
                 s.add_holidays()->set_days_from_easter(1);
               }),
      Changing("wire.field", "too-many", "holidays",
               [](auto& s) {
                 for (int i = 0; i < 65; ++i) s.add_holidays()->set_days_from_easter(i);
               }),
      Changing(kForm, "anchor", "tls_trust_anchors[0]",
               [](auto& s) { s.add_tls_trust_anchors("not a certificate"); }),
      Changing(kForm, "anchor", "tls_trust_anchors[1]",
               [](auto& s) {
                 s.add_tls_trust_anchors(std::string("\x30\x00", 2));
                 s.add_tls_trust_anchors(std::string("\x30\x00", 2));
               }),
  };
}

std::vector<Case> ChangeCases() {
  constexpr const char* kChange = "settings.change";
  return {
      Changing(kChange, "clock-shift", "clock_shift_ms", [](auto& s) { s.set_clock_shift_ms(1); }),
      Changing(kChange, "code-gone", "units", [](auto& s) { s.mutable_units()->RemoveLast(); }),
      {kChange, "code-gone", "settings_enacted.settings.recipient_classes", Stage::kAdhered,
       [](World& w) {
         Act act = w.EnactSettings();
         AddClass(*act.mutable_settings_enacted()->mutable_settings(), "communes", {"p003"});
         w.Must({act}, World::transcribers());
         Act next = w.EnactSettings();
         next.mutable_settings_enacted()->mutable_settings()->clear_recipient_classes();
         return Try(w, next, World::transcribers());
       }},
      {kChange, "anchors-gone", "settings_enacted.settings.tls_trust_anchors", Stage::kAdhered,
       [](World& w) {
         Act act = w.EnactSettings();
         act.mutable_settings_enacted()->mutable_settings()->add_tls_trust_anchors(
             std::string("\x30\x00", 2));
         w.Must({act}, World::transcribers());
         Act next = w.EnactSettings();
         next.mutable_settings_enacted()->mutable_settings()->clear_tls_trust_anchors();
         return Try(w, next, World::transcribers());
       }},
      {kChange, "superseded", "settings_enacted.replaces", Stage::kAdhered,
       [](World& w) {
         const Act stale = w.EnactSettings();
         w.Must({stale}, World::transcribers());
         return Try(w, stale, World::transcribers());
       }},
      Spoilt(kChange, "other-party", "party", Stage::kAdhered, World::transcribers(),
             [](World& w) {
               Act act = w.EnactSettings();
               act.set_party("p001");
               return act;
             }),
      Spoilt("deed.signatures", "countersigner-missing", "", Stage::kAdhered, {"secretary-1"},
             [](World& w) { return w.EnactSettings(); }),
      Spoilt("deed.signatures", "secretary-missing", "", Stage::kAdhered, {"counter-1"},
             [](World& w) { return w.EnactSettings(); }),
  };
}

}  // namespace

std::vector<Case> SettingsCases() {
  std::vector<Case> cases = FormCases();
  for (Case& change : ChangeCases()) cases.push_back(std::move(change));
  return cases;
}

}  // namespace passerelle::tests
