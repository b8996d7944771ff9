#!/usr/bin/env bash
# Another convention is data: one of other parties, ids, dates, purposes, delays, language and zone is founded
# with the binaries as they are, and plays a whole exchange from declaration to erasure and offline verdict.
# Its civil dates are those of its own zone, its sentences its own deed's.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"

slug=tradewind-2025-2030
window=(2025-04-01 2027-05-09 2030-06-30) last_day=2030-09-14
fund=allowances town=union commune=windward
parties=(allowances leeward union windward)
deliberated_on=2025-02-03 joined_on=2025-03-17
dataset=$fund/boarding
unit=boats purpose=transport tag=line-7 subject=pupils threshold=11
codes=(97291 97292)
zone=America/Martinique

begin "$1"
# Two in the morning of 10 May in UTC is ten in the evening of 9 May on the islands.
shift_s=$(($(date -u -d 2027-05-10T02:00:00Z +%s) - $(date +%s))) shift_days=0
today=2027-05-09
convention=$tmp/files/tradewind
for ending in textproto settings.textproto; do
  sed "s/^clock_shift_ms: 0$/clock_shift_ms: ${shift_s}000/" \
    "$root/tests/testdata/conventions/ctg-tradewind.$ending" >"$convention.$ending"
done
wait_for_deeds() {
  local due=$(($(date +%s) + 3))
  until_true 30 test_clock $due || fail "the clock stands still"
}
test_clock() { [[ $(date +%s) -ge $1 ]]; }

found
start_gateway
join
approve
expect 0 as steward --json exchange show "$exchange"
[[ $(jq -r '.exchange.row.terms.threshold' <<<"$answer") -eq 11 ]] || fail "not its own threshold: $answer"

# ---- a transfer, read and acknowledged; one to be destroyed ---------------------------------------------
transfer 2026
sent=$(name_of)
expect 0 as reader transfer fetch "$sent" --out files/received.csv
cmp files/2026.csv files/received.csv
accepted as reader transfer ack "$sent" --party $town
table files/2025.csv 2025
accepted as sender transfer send "$exchange" files/2025.csv --party $fund --period 2025 \
  --destroy-after "$(in_log_time 4)"
doomed=$(name_of)
phase_of() { as sender --json transfer list | jq -r --arg name "$1" '.[] | select(.name == $name) | .row.phase'; }
is_erased() { [[ $(phase_of "$doomed") == erased ]]; }
until_true 60 is_erased || fail "the transfer is not destroyed: $(phase_of "$doomed")"
refused gateway as reader transfer fetch "$doomed" --out files/none

# ---- what its own terms refuse ---------------------------------------------------------------------------
printf 'annee;code_insee;enfants\n2026;97291;10\n' >files/low.csv
refused "Nothing was sent" as sender transfer send "$exchange" files/low.csv --party $fund --period 2026
printf 'annee;code_insee;enfants\n2026;01991;50\n' >files/elsewhere.csv
refused "Nothing was sent" as sender transfer send "$exchange" files/elsewhere.csv --party $fund --period 2026
# propose FROM UNTIL RETAIN PURPOSE
propose() {
  as steward exchange propose --party $fund --dataset $dataset --to $town --tag $tag --unit $unit \
    --reasons files/reasons.txt --from "$1" --until "$2" --retain-until "$3" --purpose "$4" "${@:5}"
}
refused IX.5 propose $today $last_day $last_day I-1
refused XII propose $today 2030-09-15 2030-09-15 $purpose
refused IX.5c propose $today $last_day 2030-09-15 $purpose
refused XII propose 2025-03-14 $last_day $last_day $purpose

# ---- its own days: what begins on 10 May has not begun on the islands ------------------------------------
accepted propose 2027-05-10 $last_day $last_day $purpose
tomorrow=$(name_of)
accepted as dpo exchange opinion "$tomorrow" --party $fund --opinion favourable --reasons files/reasons.txt
accepted as decider exchange decide "$tomorrow" --party $fund --verdict approved --reasons files/reasons.txt
accepted as steward register record "$tomorrow" --party $fund --reference islands/boarding \
  --legal-basis public_task --review-on $last_day --sheet "$sheet"
refused "transfer.approval not-yet" as sender transfer send "$tomorrow" files/2026.csv --party $fund --period 2026
expect 0 as auditor --json receipt get "${sent%/*}"
receipt=$(jq -r .receipt <<<"$answer")
sed -n 's/^extra //p' "$receipt" | base64 -d | tail -c +21 |
  protoc -I "$root/proto" --decode passerelle.record.v1.Entry passerelle/record/v1/entry.proto >files/entry.txt
[[ $(grep -A 4 '^civil_date' files/entry.txt | tr -d ' \n') == "civil_date{year:2027month:5day:9}"* ]] ||
  fail "not the islands' day: $(head -n 8 files/entry.txt)"

# ---- a stopped key reads nothing, and dates its report by the log's clock all the same ----------------------
accepted as representative agent stop "${fingerprint[steward]}" --party $fund --cause suspended
expect 1 as steward convention show
accepted as steward exchange freeze "$tomorrow" --party $fund

# ---- its own words, and the whole log --------------------------------------------------------------------
expect 0 as reader rules show IX.1
[[ $answer == *"have joined share what serves this agreement"* ]] || fail "not its deed's sentence: $answer"
expect 0 as auditor register export --format csv -o files/register.csv
grep -q 'Family Allowances Office of the Tradewind Islands' files/register.csv || fail "its register names others"
export_log export
echo "another convention: founded, exchanged, erased and verified with the same binaries"
