#include "tests/support/partners.h"

#include <cstdlib>
#include <future>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "audit/checkpoint/cosignature.h"
#include "audit/witness/sqlite_store.h"
#include "gateway/base/secret.h"
#include "policy/state/state.h"

namespace passerelle::tests {

using audit::checkpoint::CosignatureSigner;
using audit::checkpoint::CosignatureVerifier;
using audit::witness::WitnessAnswer;
using gateway::base::MutexLock;
using gateway::base::Question;
using gateway::base::Reaction;

namespace {

constexpr std::string_view kUrl = "https://witness.example/";
constexpr std::string_view kAuthority = "http://tsa.example/";

}  // namespace

Partners::Partners(TestGateway& gateway, size_t witnesses)
    : gateway_(gateway), outside_{couriers_, [this](const Question& question) {
                                    return Ask(question);
                                  }} {
  std::string vkey;
  gateway.convention().Read(
      [&](const policy::state::State& state) { vkey = state.founding()->checkpoint_vkey(); });
  const auto verifier = *audit::checkpoint::NoteVerifier::FromVkey(vkey);
  MutexLock lock(mutex_);
  for (size_t i = 0; i < witnesses; ++i) {
    Partner partner;
    partner.store =
        *audit::witness::OpenSqliteWitnessStore(folder_ / absl::StrCat("witness-", i, ".db"));
    partner.witness = std::make_unique<audit::witness::Witness>(
        std::vector<audit::witness::WitnessedLog>{{gateway.convention().log().origin(), verifier}},
        *CosignatureSigner::FromSeed(
            absl::StrCat("witness.example/", i),
            gateway::base::Secret(std::string(32, static_cast<char>('0' + i)))),
        *partner.store, [&gateway] { return gateway.clock().WallMs() / 1000; });
    partners_.push_back(std::move(partner));
  }
}

void Partners::Enact(uint32_t quorum, uint32_t lag_minutes, bool stamps) {
  TestDraft draft = gateway_.EnactSettings();
  convention::v1::Settings& settings =
      *draft.acts[0].mutable_settings_enacted()->mutable_settings();
  const std::vector<CosignatureVerifier> known = verifiers();
  for (size_t i = 0; i < known.size(); ++i) {
    convention::v1::Witness& witness = *settings.add_witnesses();
    witness.set_vkey(known[i].ToVkey());
    witness.set_url(absl::StrCat(std::string(kUrl), i));
  }
  settings.set_witness_quorum(quorum);
  settings.set_evidence_lag_minutes(lag_minutes);
  if (stamps) {
    convention::v1::TimeStampAuthority& authority = *settings.add_time_stamp_authorities();
    authority.set_url(absl::StrCat(std::string(kAuthority), "stamp"));
    authority.add_trust_anchors(authority_.root().ToDer());
    settings.set_time_stamp_tolerance_ms(60'000);
  }
  gateway_.Must(draft, Transcribers());
  gateway_.Close();
  gateway_.SetOutside(&outside_);
  if (const absl::Status opened = gateway_.Open(); !opened.ok()) std::abort();
}

void Partners::SetReachable(size_t witness, bool reachable) {
  MutexLock lock(mutex_);
  partners_[witness].reachable = reachable;
}

size_t Partners::asked(size_t witness) const {
  MutexLock lock(mutex_);
  return partners_[witness].asked;
}

void Partners::SetAuthority(const AuthorityWays& ways) {
  MutexLock lock(mutex_);
  ways_ = ways;
}

size_t Partners::stamps_asked() const {
  MutexLock lock(mutex_);
  return stamps_asked_;
}

void Partners::Settle() {
  gateway_.convention().Tick();
  WaitForAnswers();
}

void Partners::WaitForAnswers() {
  std::promise<void> reached;
  couriers_.Post([&] { reached.set_value(); });
  reached.get_future().wait();
}

std::vector<CosignatureVerifier> Partners::verifiers() const {
  std::vector<CosignatureVerifier> verifiers;
  MutexLock lock(mutex_);
  for (const Partner& partner : partners_) verifiers.push_back(partner.witness->verifier());
  return verifiers;
}

absl::StatusOr<Reaction> Partners::AskAuthority(const Question& question) {
  AuthorityWays ways;
  {
    MutexLock lock(mutex_);
    ways = ways_;
    if (question.body.has_value()) ++stamps_asked_;
  }
  if (!ways.reachable) return absl::UnavailableError("nobody answers");
  const int64_t now_ms = gateway_.clock().WallMs();
  const std::string path = question.url.substr(kAuthority.size());
  if (path == "stamp")
    return Reaction{200, "application/timestamp-reply",
                    authority_.Answer(*question.body, now_ms + ways.ahead_ms)};
  if (!ways.publishes_lists) return Reaction{404, "text/plain", "none"};
  return Reaction{200, "application/pkix-crl",
                  path == "signer.crl" ? authority_.SignerList(now_ms, ways.revoked)
                                       : authority_.IntermediateList(now_ms)};
}

absl::StatusOr<Reaction> Partners::Ask(const Question& question) {
  if (question.url.rfind(kAuthority, 0) == 0) return AskAuthority(question);
  std::string rest = question.url.substr(kUrl.size());
  const std::string path = rest.substr(rest.find('/'));
  size_t number = 0;
  if (!absl::SimpleAtoi(rest.substr(0, rest.find('/')), &number))
    return absl::InternalError("no witness of ours");
  audit::witness::Witness* witness = nullptr;
  {
    MutexLock lock(mutex_);
    Partner& partner = partners_.at(number);
    ++partner.asked;
    if (!partner.reachable) return absl::UnavailableError("nobody answers");
    witness = partner.witness.get();
  }
  constexpr size_t kEnd = sizeof("/checkpoint") - 1;
  const WitnessAnswer answer = question.body.has_value()
                                   ? witness->AddCheckpoint(*question.body)
                                   : witness->GetCheckpoint(path.substr(1, path.size() - 1 - kEnd));
  return Reaction{answer.code, answer.content_type, answer.body};
}

}  // namespace passerelle::tests
