// Refusals of settings, first ones and later ones.
#include "absl/strings/str_cat.h"
#include "gateway/base/bytes.h"
#include "gateway/base/strings.h"
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

// The vkey of a witness whose key is 32 times a byte: of the right form, which is all that rules
// see.
std::string WitnessVkey(std::string_view name, char byte, char type = 4) {
  const std::string key = type + std::string(32, byte);
  return absl::StrCat(gateway::base::Absl(name), "+0123abcd+", gateway::base::ToBase64(key));
}

void AddWitness(Settings& settings, const std::string& vkey,
                std::string_view url = "https://witness.example:8445") {
  auto& added = *settings.add_witnesses();
  added.set_vkey(vkey);
  added.set_url(std::string(url));
}

void AddAuthority(Settings& settings, std::string_view url,
                  std::string_view anchor = std::string_view("\x30\x00", 2)) {
  auto& added = *settings.add_time_stamp_authorities();
  added.set_url(std::string(url));
  added.add_trust_anchors(std::string(anchor));
  settings.set_time_stamp_tolerance_ms(60'000);
}

std::vector<Case> EvidenceCases() {
  constexpr const char* kRule = "settings.evidence";
  std::vector<Case> cases = {
      Changing(kRule, "witness", "witnesses[1].vkey",
               [](auto& s) {
                 AddWitness(s, WitnessVkey("one.example", 'a'));
                 AddWitness(s, WitnessVkey("two.example", 'a'));
               }),
      Changing(kRule, "witness", "witnesses[1].vkey",
               [](auto& s) {
                 AddWitness(s, WitnessVkey("one.example", 'a'));
                 AddWitness(s, WitnessVkey("one.example", 'b'));
               }),
      Changing("wire.field", "too-many", "witnesses",
               [](auto& s) {
                 for (int i = 0; i < 17; ++i)
                   AddWitness(s, WitnessVkey(absl::StrCat("w", i), static_cast<char>('a' + i)));
               }),
      Changing(kRule, "quorum", "witness_quorum",
               [](auto& s) {
                 AddWitness(s, WitnessVkey("one.example", 'a'));
                 s.set_witness_quorum(2);
               }),
      Changing(kRule, "authority", "time_stamp_authorities[0].url",
               [](auto& s) { AddAuthority(s, "ftp://tsa.example/"); }),
      Changing(kRule, "authority", "time_stamp_authorities[0].trust_anchors",
               [](auto& s) { AddAuthority(s, "http://tsa.example/", "no certificate"); }),
      Changing(kRule, "authority", "time_stamp_authorities[0].trust_anchors",
               [](auto& s) {
                 AddAuthority(s, "http://tsa.example/");
                 s.mutable_time_stamp_authorities(0)->clear_trust_anchors();
               }),
      Changing("wire.field", "too-many", "time_stamp_authorities",
               [](auto& s) {
                 for (int i = 0; i < 5; ++i) AddAuthority(s, "http://tsa.example/");
               }),
      Changing(kRule, "tolerance", "time_stamp_tolerance_ms",
               [](auto& s) {
                 AddAuthority(s, "http://tsa.example/");
                 s.set_time_stamp_tolerance_ms(999);
               }),
      Changing(kRule, "tolerance", "time_stamp_tolerance_ms",
               [](auto& s) { s.set_time_stamp_tolerance_ms(3'600'001); }),
      Changing(kRule, "lag", "evidence_lag_minutes",
               [](auto& s) { s.set_evidence_lag_minutes(43'201); }),
  };
  for (const std::string& vkey :
       {std::string(), std::string("one.example"), WitnessVkey("", 'a'),
        WitnessVkey("one.example", 'a', 1), std::string("one.example+0123abcd+BGFh"),
        std::string("one.example+0123ABCD+") + WitnessVkey("x", 'a').substr(11),
        WitnessVkey("one.example", 'a') + "!"})
    cases.push_back(
        Changing(kRule, "witness", "witnesses[0].vkey", [vkey](auto& s) { AddWitness(s, vkey); }));
  for (const std::string& url :
       {std::string(), std::string("http://witness.example"), std::string("https://"),
        std::string("https:///path"), std::string("https://user@witness.example"),
        std::string("https://witness.example/a b"), std::string("https://witness.example/#"),
        "https://" + std::string(248, 'a')})
    cases.push_back(Changing(kRule, "witness", "witnesses[0].url", [url](auto& s) {
      AddWitness(s, WitnessVkey("one.example", 'a'), url);
    }));
  return cases;
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
  const std::vector<Case> evidence = EvidenceCases();
  cases.insert(cases.end(), evidence.begin(), evidence.end());
  for (Case& change : ChangeCases()) cases.push_back(std::move(change));
  return cases;
}

}  // namespace passerelle::tests
