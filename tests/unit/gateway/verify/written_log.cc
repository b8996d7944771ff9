#include "tests/unit/gateway/verify/written_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "audit/checkpoint/checkpoint.h"
#include "audit/entry/codec.h"
#include "audit/log/export.h"
#include "audit/merkle/merkle.h"
#include "certs/keys/dsse.h"
#include "gateway/base/civil.h"
#include "gateway/base/commitment.h"

namespace passerelle::tests {
namespace {

using audit::checkpoint::NoteSigner;
using certs::keys::PrivateKey;
using gateway::base::Digest;
using statement::v1::Act;
using statement::v1::Statement;

constexpr char kZone[] = "Europe/Paris";
constexpr int64_t kLifeMs = 3'600'000;

PrivateKey SeededKey(char seed) { return *PrivateKey::FromEd25519Seed(std::string(32, seed)); }

void Set(convention::v1::Date& date, uint32_t year, uint32_t month, uint32_t day) {
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
}

void AddParty(convention::v1::Convention& convention, const std::string& id,
              convention::v1::PartyKind kind) {
  convention::v1::Party& party = *convention.add_parties();
  party.set_id(id);
  party.set_kind(kind);
  party.add_names()->set_name("Collectivité d'essai " + id);
}

}  // namespace

WrittenLog::WrittenLog(char seed)
    : gateway(SeededKey('1')),
      secretary(SeededKey('2')),
      secretary2(SeededKey('3')),
      countersigner(SeededKey('4')),
      countersigner2(SeededKey('5')),
      signer_(*NoteSigner::FromSeed(kOrigin, gateway::base::Secret(std::string(32, seed)))) {
  Record({Founding()}, {&this->gateway, &secretary, &secretary2, &countersigner, &countersigner2});
}

Act WrittenLog::Founding() const {
  Act act;
  statement::v1::ConventionEnacted& enacted = *act.mutable_convention_enacted();
  enacted.set_environment(statement::v1::ENVIRONMENT_TEST);
  enacted.set_origin(kOrigin);
  enacted.set_checkpoint_vkey(signer_.verifier().ToVkey());
  convention::v1::Convention& convention = *enacted.mutable_convention();
  convention.set_slug("essai");
  convention.set_title("Convention d'essai");
  convention.set_zone(kZone);
  convention.set_language("fr");
  Set(*convention.mutable_starts_on(), 2023, 1, 1);
  Set(*convention.mutable_ends_on(), 2027, 12, 31);
  AddParty(convention, "p001", convention::v1::PARTY_KIND_AGGLOMERATION);
  AddParty(convention, "p002", convention::v1::PARTY_KIND_FUND);
  convention.set_secretariat_party("p001");
  convention.set_countersigning_party("p002");
  convention.add_purposes()->set_code("I-1");
  convention.add_data_subjects()->set_code("allocataires");
  enacted.mutable_settings()->add_units()->set_code("enfance");
  enacted.mutable_settings()->set_least_threshold(5);
  enacted.mutable_settings()->set_stop_working_days(5);
  const auto add = [&](const PrivateKey& key, char agent, statement::v1::Role role,
                       const std::string& party) {
    statement::v1::FoundingKey& founder = *enacted.add_founding_keys();
    founder.set_agent(std::string(16, agent));
    founder.set_kind(role == statement::v1::ROLE_OPERATOR ? statement::v1::AGENT_KIND_GATEWAY
                                                          : statement::v1::AGENT_KIND_PERSON);
    founder.set_party(party);
    founder.set_role(role);
    founder.set_spki(key.public_key().spki());
    founder.set_scheme(statement::v1::SIGNATURE_SCHEME_RAW);
  };
  add(gateway, '1', statement::v1::ROLE_OPERATOR, "p001");
  add(secretary, '2', statement::v1::ROLE_SECRETARIAT, "p001");
  add(secretary2, '3', statement::v1::ROLE_SECRETARIAT, "p001");
  add(countersigner, '4', statement::v1::ROLE_COUNTERSIGNER, "p002");
  add(countersigner2, '5', statement::v1::ROLE_COUNTERSIGNER, "p002");
  return act;
}

policy::Now WrittenLog::Now() const {
  policy::Now now;
  now.time_ms = FakeClock::kStartMs + static_cast<int64_t>(entries_.size()) * kStepMs;
  const gateway::base::CivilDay day = *gateway::base::CivilDayIn(kZone, now.time_ms);
  Set(now.civil_date, day.year, day.month, day.day);
  return now;
}

Act WrittenLog::Deed(const std::string& party) {
  Act act;
  act.set_party(party);
  statement::v1::DeedRecorded& deed = *act.mutable_deed_recorded();
  deed.set_kind(statement::v1::DEED_KIND_DELIBERATION);
  Set(*deed.mutable_dated(), 2024, 1, 15);
  deed.mutable_document()->set_digest(std::string(32, 'd'));
  return act;
}

Digest WrittenLog::name() const { return audit::merkle::LeafHash(entries_[0]); }

Digest WrittenLog::RootAt(uint64_t size) const {
  audit::merkle::Frontier frontier;
  for (uint64_t i = 0; i < size; ++i) frontier.Append(audit::merkle::LeafHash(entries_[i]));
  return frontier.Root();
}

Statement WrittenLog::NewStatement(const std::vector<Act>& acts,
                                   std::vector<const PrivateKey*>& signers) {
  const auto fingerprint = [](const PrivateKey* key) {
    return gateway::base::ToBytes(key->public_key().fingerprint());
  };
  std::sort(signers.begin(), signers.end(), [&](const PrivateKey* a, const PrivateKey* b) {
    return fingerprint(a) < fingerprint(b);
  });
  Statement statement;
  statement::v1::Header& header = *statement.mutable_header();
  if (!entries_.empty()) {
    header.set_log(gateway::base::ToBytes(name()));
    header.mutable_seen()->set_origin(kOrigin);
    header.mutable_seen()->set_size(entries_.size());
    header.mutable_seen()->set_root(gateway::base::ToBytes(RootAt(entries_.size())));
  }
  for (const PrivateKey* signer : signers) header.add_signers(fingerprint(signer));
  header.set_issued_at_ms(Now().time_ms);
  header.set_not_after_ms(Now().time_ms + kLifeMs);
  header.set_nonce(random_.Bytes(16));
  for (const Act& act : acts) *statement.add_acts() = act;
  return statement;
}

record::v1::Observed WrittenLog::Observe(const Statement& statement) const {
  record::v1::Observed observed;
  if (statement.header().has_seen()) observed.set_seen(record::v1::CHECK_HOLDS);
  for (const Act& act : statement.acts()) {
    record::v1::ActObserved& one = *observed.add_acts();
    if (act.has_deed_recorded() || act.has_mandate_given())
      one.set_attachments(record::v1::CHECK_HOLDS);
    if (act.has_agent_enrolled()) one.set_possession(record::v1::CHECK_HOLDS);
  }
  observed.set_detectors_version(1);
  return observed;
}

uint64_t WrittenLog::Record(const std::vector<Act>& acts, std::vector<const PrivateKey*> signers) {
  const Statement statement = NewStatement(acts, signers);
  for (const PrivateKey* signer : signers) known_.push_back(signer);
  const statement::v1::Envelope envelope =
      certs::keys::SignStatement(statement.SerializeAsString(), signers);
  const std::string bytes = envelope.SerializeAsString();
  const record::v1::Observed observed = Observe(statement);
  const policy::Submission submission{statement, certs::keys::StatementDigest(envelope.payload()),
                                      bytes.size(), observed};
  record::v1::Entry entry = policy::DecideSet(state_, submission, Now());
  entry.set_salt(random_.Bytes(16));
  if (entry.has_recorded())
    entry.mutable_recorded()->set_envelope(bytes);
  else
    entry.mutable_refused()->set_salted_digest(
        gateway::base::ToBytes(gateway::base::RefusedDigest(random_.Bytes(32), submission.digest)));
  entries_.push_back(*audit::entry::EncodeLeaf(entry));
  policy::AppliedEntry applied{
      entry, entries_.size() - 1, audit::merkle::LeafHash(entries_.back()), nullptr, {}};
  if (entry.has_recorded()) {
    applied.statement = &statement;
    applied.digest = submission.digest;
  }
  const absl::Status status = policy::Apply(state_, applied);
  EXPECT_TRUE(status.ok()) << status;
  return applied.index;
}

uint64_t WrittenLog::RecordDeed(const std::string& party) {
  const uint64_t index = Record({Deed(party)}, {&secretary, &countersigner});
  EXPECT_TRUE(audit::entry::DecodeLeaf(entries_[index])->has_recorded())
      << audit::entry::DecodeLeaf(entries_[index])->DebugString();
  return index;
}

void WrittenLog::Export(const std::string& folder, const std::vector<std::string>& entries) const {
  audit::merkle::Frontier frontier;
  for (const std::string& entry : entries) frontier.Append(audit::merkle::LeafHash(entry));
  const std::string checkpoint =
      *audit::checkpoint::SignCheckpoint(signer_, {kOrigin, frontier.size(), frontier.Root()});
  const absl::StatusOr<uint64_t> written = audit::log::WriteExport(
      folder, {checkpoint, signer_.verifier().ToVkey(), entries.size(), frontier.Root()},
      [&](uint64_t begin, uint64_t end) -> absl::StatusOr<std::vector<std::string>> {
        return std::vector<std::string>(entries.begin() + static_cast<int64_t>(begin),
                                        entries.begin() + static_cast<int64_t>(end));
      },
      [](uint64_t) {});
  ASSERT_TRUE(written.ok()) << written.status();
}

std::vector<std::string> WrittenLog::Edited(
    uint64_t index, const std::function<void(record::v1::Entry&)>& edit) const {
  std::vector<std::string> entries = entries_;
  record::v1::Entry entry = *audit::entry::DecodeLeaf(entries[index]);
  edit(entry);
  entries[index] = *audit::entry::EncodeLeaf(entry);
  return entries;
}

const PrivateKey* WrittenLog::KeyOf(const std::string& fingerprint) const {
  for (const PrivateKey* key : known_)
    if (gateway::base::View(key->public_key().fingerprint()) == fingerprint) return key;
  return nullptr;
}

std::vector<std::string> WrittenLog::Resigned(uint64_t index,
                                              const std::function<void(Statement&)>& edit) const {
  return Edited(index, [&](record::v1::Entry& entry) {
    statement::v1::Envelope envelope;
    Statement statement;
    ASSERT_TRUE(envelope.ParseFromString(entry.recorded().envelope()));
    ASSERT_TRUE(statement.ParseFromString(envelope.payload()));
    edit(statement);
    std::vector<const PrivateKey*> signers;
    for (const std::string& signer : statement.header().signers()) signers.push_back(KeyOf(signer));
    entry.mutable_recorded()->set_envelope(
        certs::keys::SignStatement(statement.SerializeAsString(), signers).SerializeAsString());
  });
}

}  // namespace passerelle::tests
