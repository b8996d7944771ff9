#include "gateway/verify/replay.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/keys/dsse.h"
#include "gateway/base/civil.h"
#include "gateway/base/status.h"
#include "gateway/base/strings.h"
#include "gateway/verify/redecide.h"
#include "policy/rules/areas.h"
#include "policy/state/query.h"
#include "policy/state/succession.h"

namespace passerelle::gateway::verify {

using base::Absl;
using base::Digest;
using certs::keys::PublicKey;

Fault Replay::At(const Item& item, std::string_view en, std::string_view fr) const {
  return FaultOfEntry(item.index, item.entry.time_ms(), en, fr);
}

Fault Replay::At(const Item& item, std::string_view en, std::string_view fr,
                 const absl::Status& status) const {
  return FaultOfEntry(item.index, item.entry.time_ms(), en, fr, status);
}

Check Replay::Take(uint64_t index, std::string_view bytes, const Digest& leaf) {
  if (index == 0) {
    log_ = leaf;
    if (options_.pinned_log != nullptr && *options_.pinned_log != leaf)
      return FaultOfEntry(0, std::nullopt,
                          "it founds another log than the one whose name was given",
                          "elle fonde un autre journal que celui dont le nom a été donné");
  }
  if (stopped_) return std::nullopt;
  const absl::StatusOr<record::v1::Entry> entry = audit::entry::DecodeLeaf(bytes);
  if (absl::IsUnimplemented(entry.status())) {
    stopped_ = true;
    return std::nullopt;
  }
  if (!entry.ok())
    return FaultOfEntry(index, std::nullopt,
                        absl::StrCat("it is malformed (", entry.status().message(), ")"),
                        absl::StrCat("elle est mal formée (", entry.status().message(), ")"));
  if (index == 0) first_ms_ = entry->time_ms();
  Check fault = TakeInterpreted({index, leaf, *entry});
  if (!fault.has_value()) ++interpreted_;
  return fault;
}

Check Replay::TakeInterpreted(const Item& item) {
  if (Check fault = CheckTimes(item); fault.has_value()) return fault;
  Recorded recorded;
  const bool is_recorded = item.entry.has_recorded();
  if (is_recorded) {
    if (Check fault = Decode(item, recorded); fault.has_value()) return fault;
    if (item.index == 0) {
      if (Check fault = CheckGenesis(item, recorded); fault.has_value()) return fault;
    }
    if (Check fault = CheckHeader(item, recorded.statement.header(), recorded.digest);
        fault.has_value())
      return fault;
    if (Check fault = CheckSigners(item, recorded); fault.has_value()) return fault;
    // If they did sign it, what they saw testifies to the log's past; if not, that is the fault.
    if (Check fault = CheckSeen(item, recorded); fault.has_value()) return fault;
    if (Check fault = CheckSuccessions(item, recorded); fault.has_value()) return fault;
  } else if (item.index == 0) {
    return At(item, "it does not found the log: a refusal cannot be the first entry",
              "elle ne fonde pas le journal : un refus ne peut être la première entrée");
  }
  if (Check fault = CheckLinks(item); fault.has_value()) return fault;
  if (Check fault = stamps_.Take(item.index, item.entry,
                                 is_recorded ? &recorded.statement : nullptr, state_.founding());
      fault.has_value())
    return fault;
  policy::AppliedEntry applied{.entry = item.entry, .index = item.index, .leaf = item.leaf};
  if (is_recorded) {
    applied.statement = &recorded.statement;
    applied.digest = recorded.digest;
  }
  if (options_.redecide) {
    if (Check fault = CheckDecisions(applied); fault.has_value()) return fault;
  }
  if (const absl::Status status = policy::Apply(state_, applied); !status.ok())
    return At(item, "it contradicts what the log recorded before",
              "elle contredit ce que le journal a enregistré avant", status);
  return is_recorded ? CheckConcerned(item, recorded) : std::nullopt;
}

Check Replay::CheckTimes(const Item& item) const {
  const int64_t before = item.index == 0 ? 0 : state_.time_ms();
  if (item.entry.time_ms() < before)
    return At(item,
              absl::StrCat("its record time lies before that of entry ", item.index - 1, ", ",
                           base::ToIsoInstant(before)),
              absl::StrCat("son heure d'enregistrement précède celle de l'entrée ", item.index - 1,
                           ", ", base::ToIsoInstant(before)));
  const record::v1::FoundingRow* founding = state_.founding();
  // That of entry 0 waits for the zone that it enacts.
  if (founding == nullptr) return std::nullopt;
  return CheckCivilDate(item, founding->convention().zone());
}

Check Replay::CheckCivilDate(const Item& item, const std::string& zone) const {
  const absl::StatusOr<base::CivilDay> day = base::CivilDayIn(zone, item.entry.time_ms());
  // A host that does not know the zone cannot tell; the other checks stand.
  if (!day.ok()) return std::nullopt;
  const convention::v1::Date& date = item.entry.civil_date();
  if (base::ToNumber(*day) != policy::state::NumberOf(date))
    return At(item,
              absl::StrCat("its civil date is not the day of its record time in the convention's "
                           "zone, ",
                           base::ToIsoDate(*day)),
              absl::StrCat("sa date civile n'est pas le jour de son heure d'enregistrement dans "
                           "le fuseau de la convention, ",
                           base::ToIsoDate(*day)));
  return std::nullopt;
}

Check Replay::Decode(const Item& item, Recorded& recorded) const {
  absl::StatusOr<audit::entry::SignedStatement> decoded =
      audit::entry::DecodeSigned(item.entry.recorded().envelope());
  if (!decoded.ok())
    return At(item, "its signed statement is malformed", "sa déclaration signée est mal formée",
              decoded.status());
  if (item.entry.recorded().decisions_size() != decoded->statement.acts_size())
    return At(item, "it does not hold one decision for each act",
              "elle ne contient pas une décision par acte");
  recorded.envelope = std::move(decoded->envelope);
  recorded.statement = std::move(decoded->statement);
  recorded.digest = certs::keys::StatementDigest(recorded.envelope.payload());
  return std::nullopt;
}

Check Replay::CheckHeader(const Item& item, const statement::v1::Header& header,
                          const Digest& digest) const {
  if (item.index > 0 && header.log() != base::View(log_))
    return At(item, "its statement was made for another log",
              "sa déclaration a été faite pour un autre journal");
  if (item.index == 0 && !header.log().empty())
    return At(item, "the founding statement names a log before there is one",
              "la déclaration fondatrice nomme un journal avant qu'il existe");
  if (const record::v1::StatementRow* row = state_.statements.Find(base::View(digest));
      row != nullptr)
    return At(
        item, absl::StrCat("it repeats the statement that entry ", row->index(), " recorded"),
        absl::StrCat("elle répète la déclaration que l'entrée ", row->index(), " a enregistrée"));
  if (item.entry.time_ms() > header.not_after_ms() &&
      !policy::state::AwaitsRecord(state_, base::View(digest)))
    return At(
        item,
        absl::StrCat("its statement had expired at ", base::ToIsoInstant(header.not_after_ms())),
        absl::StrCat("sa déclaration avait expiré le ", base::ToIsoInstant(header.not_after_ms())));
  return std::nullopt;
}

Check Replay::CheckDecisions(const policy::AppliedEntry& applied) {
  if (applied.statement == nullptr) {
    ++refused_;
    return std::nullopt;
  }
  const std::string& engine = applied.entry.engine_version();
  if (engine != policy::kEngineVersion) {
    ++other_engines_[engine];
    return std::nullopt;
  }
  ++redecided_;
  return Redecide(state_, applied);
}

absl::StatusOr<PublicKey> Replay::FindKey(const Item& item, const Recorded& recorded,
                                          const Digest& fingerprint) {
  if (item.index == 0) {
    for (const statement::v1::FoundingKey& key :
         recorded.statement.acts(0).convention_enacted().founding_keys())
      if (base::Sha256(key.spki()) == fingerprint) return PublicKey::FromSpki(key.spki());
    return absl::NotFoundError("not a founding key");
  }
  const record::v1::KeyRow* row = state_.keys.Find(base::View(fingerprint));
  if (row == nullptr) return absl::NotFoundError("not enrolled");
  if (const auto known = keys_.find(fingerprint); known != keys_.end()) return known->second;
  absl::StatusOr<PublicKey> key = PublicKey::FromSpki(row->spki());
  if (key.ok()) keys_.emplace(fingerprint, *key);
  return key;
}

Check Replay::CheckSigners(const Item& item, Recorded& recorded) {
  const auto& signers = recorded.statement.header().signers();
  std::vector<PublicKey> keys;
  for (int i = 0; i < signers.size(); ++i) {
    const absl::StatusOr<Digest> fingerprint = base::DigestFromBytes(signers[i]);
    if (!fingerprint.ok())
      return At(item, absl::StrCat("signer ", i + 1, " is not named by a fingerprint"),
                absl::StrCat("le signataire ", i + 1, " n'est pas nommé par une empreinte"));
    absl::StatusOr<PublicKey> key = FindKey(item, recorded, *fingerprint);
    if (absl::IsNotFound(key.status()))
      return At(
          item, absl::StrCat("the key of signer ", i + 1, " was not enrolled in the log by then"),
          absl::StrCat("la clé du signataire ", i + 1, " n'était pas encore inscrite au journal"));
    if (!key.ok())
      return At(item, absl::StrCat("the key of signer ", i + 1, " is of no accepted form"),
                absl::StrCat("la clé du signataire ", i + 1, " n'a pas une forme admise"),
                key.status());
    const record::v1::KeyRow* row = state_.keys.Find(signers[i]);
    const bool report = policy::rules::IsReport(recorded.statement.acts(0).body_case());
    if (row != nullptr && !report &&
        !policy::state::KeyInForce(state_, *row, item.entry.time_ms(), item.entry.civil_date()))
      return At(
          item, absl::StrCat("the key of signer ", i + 1, " was not in force at that time"),
          absl::StrCat("la clé du signataire ", i + 1, " n'était pas en vigueur à ce moment"));
    keys.push_back(*std::move(key));
  }
  count_ += keys.size();
  // Nothing below looks at the envelope again.
  signatures_.Add(
      {item.index, item.entry.time_ms(), std::move(recorded.envelope), std::move(keys)});
  return std::nullopt;
}

}  // namespace passerelle::gateway::verify
