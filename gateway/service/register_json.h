// The register as JSON: identifiers never change, words follow the language.
//
// One object:
//   register      "passerelle/register/v1"
//   environment   "test" or "production"
//   log, origin   the log's name (hexadecimal) and origin
//   convention    its slug
//   party         whose register it is; null: the whole convention
//   as_of         the day that it is of
//   entries, recorded_at   number of entries of the log up to that day; instant of the last one
//   language      "fr" or "en": of `words`, `mend` and of what the log says within `processing`
//   activities    one a sheet (below); absent when only discrepancies were asked for
//   discrepancies of those asked for alone: as in an activity, with its exchange
//   summary       sheets, discrepancies, points_to_watch
// An activity:
//   exchange      its name; `controller`: the party whose sheet this is; `holder`, `recipient`
//   recipient_class, recipients   the code of the class when there is no one recipient (then null);
//                 who receives on the register's day
//   dataset       name, slug, version, title
//   purpose, units, asked_fields, from, until, retain_until, frequency   as proposed; `until` as
//                 the DPO's conditions leave it; `frequency` null when not said
//   opinion       opinion, conditions, recorded_on, entry; null when none stands
//   recommendations   in the order of the opinion: weight, conditions (null: none that a machine
//                 enforces), answer, answered_on, entry
//   decision      verdict, recorded_on, entry; null when there is none
//   terms         fields, threshold, transfer_cap, until, release in force
//   freezes       its name, party, transfer (null: the exchange), standing ("in_force",
//                 "confirmed", "lifted", "lapsed"), placed_on, lapses_on, confirmed_on, lifted_on,
//                 entry, confirmed_entry, lifted_entry
//   sheet         reference, version, legal_basis, next_review_on, first_recorded_on, recorded_on,
//                 entry; null when there is none
//   processing    the controller's sheet under the identifiers of ARTICLE-IX section 4a, as it
//                 wrote it; what it left out comes from the log where the log knows it, else is
//                 null
//   absent        why something is null: "not_given", "erased", "not_disclosed", "unreadable", by
//                 path
//   transfers     name, period, recorded_on, retain_until, erased_on (null: kept), `shares` of the
//                 recipients (party, phase, handovers, acknowledged, proofs; a recipient's register
//                 has its own alone), `proofs` as below
//   proofs        indices of log entries by step: proposal, opinion, recommendation,
//                 recommendation_answer, decision, register_entry, transfer, ruling, handover,
//                 acknowledgement, freeze, freeze_confirmation, freeze_lift, freeze_lapse (the
//                 placing of what lapsed), retention, erasure
//   discrepancies code, gravity ("discrepancy" or "watch"), words, mend, entries
// Days are YYYY-MM-DD, codes are those of the statements in lower case.
#ifndef PASSERELLE_GATEWAY_SERVICE_REGISTER_JSON_H_
#define PASSERELLE_GATEWAY_SERVICE_REGISTER_JSON_H_

#include <nlohmann/json.hpp>

#include "gateway/service/register_row.h"

namespace passerelle::gateway::service {

// The frame without its lists; an activity; a discrepancy of it. Pure; thread-safe.
nlohmann::ordered_json FrameJson(const RegisterFrame& frame);
nlohmann::ordered_json ActivityJson(const RegisterRow& row);
nlohmann::ordered_json DiscrepancyJson(const RegisterRow& row, const Discrepancy& discrepancy);

}  // namespace passerelle::gateway::service

#endif  // PASSERELLE_GATEWAY_SERVICE_REGISTER_JSON_H_
