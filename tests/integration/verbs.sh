#!/usr/bin/env bash
# What people do with an exchange on an ordinary day, each by its verb: ask what awaits and what is missing,
# answer a recommendation, freeze and lift, share with a class, end a mandate, stop a key and give it back,
# change a setting.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

found
start_gateway
join
declare_dataset

# said TEXT: what the last command printed holds it.
said() { [[ $answer == *"$1"* ]] || fail "not said: $1: ${answer:0:1200} ${complaint:0:600}"; }
unsaid() { [[ $answer != *"$1"* ]] || fail "said: $1: ${answer:0:1200}"; }
# awaits WHO KIND: an item of the kind is in WHO's inbox; $command is what does it.
awaits() {
  expect 0 as "$1" --json inbox
  command=$(jq -r --arg kind "$2" '.[] | select(.kind == $kind).command' <<<"$answer" | head -n 1)
  [[ -n $command ]] || fail "$2 is not in the inbox of $1: $answer"
}
# standing RULE: how the clause stands in what explain said as JSON.
standing() { jq -r --arg rule "$1" '[.clauses[] | select(.rule == $rule).standing] | last' <<<"$answer"; }

# ---- what awaits, what is missing -------------------------------------------------------------------
propose --to $town
exchange=$(name_of)
expect 0 as decider exchange explain "${exchange:0:12}"
said "missing, to be done by: $fund, data protection officer"
said "Not open"
expect 0 as decider --json exchange explain "$exchange"
[[ $(standing IX.2c) == missing && $(jq .open <<<"$answer") == false ]] || fail "not explained: $answer"
expect 0 passerelle --profile ids/decider.json --lang fr exchange explain "$exchange"
said "manque, à faire par : $fund, délégué à la protection des données"
expect 0 as dpo inbox
said "$fund, data protection officer : give an opinion"
awaits dpo opinion_to_give
[[ $command == "passerelle exchange opinion ${exchange:0:12}/0 --party $fund "* ]] || fail "not the command: $command"

# ---- a recommendation -------------------------------------------------------------------------------
accepted as dpo exchange opinion "${exchange:0:12}" --party $fund --opinion favourable --reasons files/reasons.txt \
  --recommend advice:files/reasons.txt:cap=2
awaits decider recommendation_to_answer
[[ $command == *"--recommendation 1 "* ]] || fail "not the command: $command"
expect 1 as decider exchange decide "$exchange" --party $fund --verdict approved --reasons files/reasons.txt
[[ $complaint == *IX.2d* ]] || fail "no IX.2d: $complaint"
accepted as decider exchange answer "$exchange" --party $fund --recommendation 1 --answer accepted
accepted as decider exchange decide "$exchange" --party $fund --verdict approved --reasons files/reasons.txt
awaits steward register_entry_missing
accepted as steward register record "$exchange" --party $fund --reference ctg/enfants \
  --legal-basis public_task --review-on 2028-12-31 --sheet "$sheet"
expect 0 as reader exchange show "$exchange"
said "advice  accepted  transfers at most: 2"
expect 0 as decider --json exchange explain "$exchange"
[[ $(standing IX.2c) == satisfied && $(jq .open <<<"$answer") == true ]] || fail "not open: $answer"
[[ $(jq '[.clauses[] | select(.standing == "satisfied" and .index != null)] | length' <<<"$answer") -gt 2 ]] ||
  fail "no entries named: $answer"

# ---- what she rules on --------------------------------------------------------------------------------
expect 0 as dpo exchange show "$exchange"
said "reasons of the opinion"
said "recommendation no. 1 (advice)"
expect 0 as dpo --json exchange show "$exchange"
reasons=$(jq -r '.documents[] | select(.what == "reasons of the request").commitment' <<<"$answer")
expect 0 as dpo document get "$reasons"
[[ $answer == "$(<files/reasons.txt)" ]] || fail "not the reasons: $answer"
expect 0 as dpo document get "$(jq -r '.documents[] | select(.what == "sheet of the register").commitment' \
  <(as dpo --json exchange show "$exchange"))" --out files/fetched-sheet.json
cmp "$sheet" files/fetched-sheet.json
# Nothing that says nothing is signed.
: >files/empty.txt
expect 2 as dpo exchange opinion "$exchange" --party $fund --opinion favourable --reasons files/empty.txt
[[ $complaint == *"DOCUMENT_EMPTY --reasons"* ]] || fail "an empty document passes: $complaint"
expect 2 as steward register record "$exchange" --party $fund --reference ctg/enfants --legal-basis public_task \
  --review-on 2028-12-31 --sheet files/reasons.txt
[[ $complaint == *"SHEET_FORM --sheet"* ]] || fail "a text passes for a sheet: $complaint"

# ---- freezes ----------------------------------------------------------------------------------------
as sender --json exchange watch "$exchange" >files/watched 2>/dev/null &
watch_pid=$!
until_true 20 test -s files/watched || fail "the watch says nothing"
transfer 2024
sent=$(name_of)
until_true 20 grep -q "$sent" files/watched || fail "the watch does not tell the transfer"
accepted as dpo transfer freeze "${sent:0:12}" --party $fund --reasons files/reasons.txt
refused freeze as reader transfer fetch "$sent" --out files/none
expect 0 as reader transfer show "$sent"
said "of the transfer  $fund"
expect 1 as steward transfer unfreeze "$sent" --party $town --reasons files/reasons.txt
[[ $complaint == *FREEZE_NONE* ]] || fail "no FREEZE_NONE: $complaint"
accepted as steward transfer unfreeze "$sent" --party $fund --reasons files/reasons.txt
awaits reader transfer_to_acknowledge
[[ $command == "passerelle transfer fetch ${sent:0:12}/0 "* ]] || fail "not the command: $command"
expect 0 as reader transfer fetch "$sent" --out files/fetched.csv
accepted as reader transfer ack "$sent" --party $town
accepted as dpo exchange freeze "$exchange" --party $fund
freeze=$(name_of)
expect 0 as reader exchange list
said frozen
until_true 20 grep -q "$freeze" files/watched || fail "the watch does not tell the freeze"
kill "$watch_pid"
wait "$watch_pid" 2>/dev/null || true
expect 0 as decider --json exchange explain "$exchange"
[[ $(jq .open <<<"$answer") == false && $answer == *blocked* ]] || fail "a freeze blocks nothing: $answer"
accepted as decider exchange unfreeze "${freeze:0:12}" --party $fund --reasons files/reasons.txt
expect 4 as requester exchange freeze "$exchange" --party $commune
said "noted, binds nobody"
[[ -n $complaint ]] || fail "no finding with what is noted"
expect 0 as reader --json exchange show "$exchange"
[[ $(jq '.freezes | length' <<<"$answer") -eq 0 ]] || fail "a noted freeze froze: $answer"
expect 0 as sender --json transfer list --exchange "$exchange"
[[ $(jq length <<<"$answer") -eq 1 ]] || fail "not the transfers of the exchange: $answer"

# ---- a class of recipients --------------------------------------------------------------------------
propose --to-class communes
shared=$(name_of)
accepted as dpo exchange opinion "$shared" --party $fund --opinion favourable --release each_ruled \
  --reasons files/reasons.txt
accepted as decider exchange decide "$shared" --party $fund --verdict approved --reasons files/reasons.txt
accepted as steward register record "$shared" --party $fund --reference ctg/communes --legal-basis public_task \
  --review-on 2028-12-31 --sheet "$sheet"
expect 0 as dpo exchange show "$shared"
said "p003 ("
said ", p004 ("
accepted as sender transfer send "$shared" files/2024.csv --party $fund --period 2024
held=$(name_of)
awaits dpo transfer_to_rule
accepted as dpo transfer rule "$held" --party $fund --ruling released --recipient p004
expect 0 as dpo transfer show "$held"
said "p003 held, awaits the DPO"
said "p004 released"
accepted as dpo transfer rule "$held" --party $fund --ruling released
expect 0 as dpo transfer show "$held"
unsaid "held, awaits"

# ---- before anyone signs ----------------------------------------------------------------------------
draft() { expect 0 as "$1" "${@:3}" --add-to "files/$2.json"; }
draft decider decide exchange decide "$exchange" --party $fund --verdict refused --reasons files/reasons.txt
expect 1 as decider preview files/decide.json
said "would be refused"
[[ -n $complaint ]] || fail "no reason in the preview"
draft steward freeze exchange freeze "$exchange" --party $fund
expect 0 as steward preview files/freeze.json
said "would be accepted"
expect 0 as steward --json exchange show "$exchange"
[[ $(jq '.freezes | length' <<<"$answer") -eq 0 ]] || fail "a preview was recorded: $answer"

# ---- keys -------------------------------------------------------------------------------------------
as representative inbox --watch >files/inbox 2>/dev/null &
watch_pid=$!
until_true 20 test -s files/inbox || fail "the watch says nothing"
accepted as representative agent stop "${fingerprint[steward]:0:12}" --party $fund --cause suspended
until_true 20 grep -q "+ $fund" files/inbox || fail "the watch does not tell what the stop asks for: $(<files/inbox)"
kill "$watch_pid"
wait "$watch_pid" 2>/dev/null || true
refused KEY_NOT_IN_FORCE as steward exchange list
refused KEY_NOT_IN_FORCE as steward exchange unfreeze "$exchange" --party $fund --reasons files/reasons.txt
# It can still raise the alarm.
accepted as steward exchange freeze "$exchange" --party $fund
accepted as dpo exchange unfreeze "$exchange" --party $fund --reasons files/reasons.txt
expect 0 as representative agent list --party $fund
said "suspended ($fund)"
expect 0 as representative mandate list --party $fund
said "paused"
accepted as representative agent reinstate ids/steward.spki --party $fund
since=$(in_log_time -3600)
accepted as representative agent stop "${fingerprint[sender]}" --party $fund --cause compromised --since "$since"
expect 0 as representative --json agent awaiting "${fingerprint[sender]:0:12}"
jq -e --arg sent "$sent" '.[] | select(.name == $sent and .act == "transfer_submitted")' <<<"$answer" >/dev/null ||
  fail "the transfer does not await: $answer"
accepted as representative agent reinstate "${fingerprint[sender]}" --party $fund --acts-only --ratify "${sent:0:12}"
expect 0 as representative --json agent awaiting "${fingerprint[sender]}"
[[ $answer != *"$sent"* ]] || fail "what is ratified still awaits: $answer"
accepted as representative agent reinstate "${fingerprint[sender]}" --party $fund

# ---- mandates ---------------------------------------------------------------------------------------
expect 0 as representative --json mandate list --party $fund
mandate=$(jq -r --arg agent "${agent[decider]}" '.[] | select(.row.agent == $agent).name' <<<"$answer")
accepted as representative mandate end "$mandate" --party $fund
expect 0 as representative mandate list --party $fund
said "over since"

# ---- settings ---------------------------------------------------------------------------------------
expect 0 as secretariat-a convention settings --out files/settings.textproto
sed -i 's/^opinion_due_days: .*/opinion_due_days: 45/' files/settings.textproto
expect 0 as secretariat-a convention settings enact files/settings.textproto --add-to files/settings.json \
  --signers "${fingerprint[secretariat-a]},${fingerprint[countersigner-a]}"
both_sign files/settings.json
accepted as secretariat-a submit files/settings.json
expect 0 as reader convention settings
said "days for the opinion           45"
export_log export
echo "inbox, explain, answers, freezes, classes, previews, keys, mandates and settings by their verbs"
