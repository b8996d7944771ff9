#!/usr/bin/env bash
# The register on the command line: three forms, of today and of another day, its discrepancies, and what is
# refused; the spreadsheet opens for a reader that is not ours.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

found
start_gateway
join
approve
transfer 2024

# ---- CSV and JSON -----------------------------------------------------------------------------------
expect 0 as auditor register export --party $fund --format csv -o files/register.csv
[[ -z $answer && $complaint == *"files/register.csv  on "*"1 sheet(s), 0 discrepancies, 0 point(s) to watch"* ]] ||
  fail "no summary: $answer $complaint"
expect 0 as auditor register export --party $fund --format csv
[[ $answer == "$(<files/register.csv)" ]] || fail "another file on standard output"
expect 0 as auditor register export --party $fund --format json -o files/register.json --json
jq -e '.file == "files/register.json" and .sheets == 1 and .discrepancies == 0' <<<"$answer" >/dev/null ||
  fail "another summary: $answer"
day=$(jq -r .as_of <<<"$answer")
jq -e --arg day "$day" --arg exchange "$exchange" '
  .register == "passerelle/register/v1" and .environment == "test" and .as_of == $day and
  .activities[0].exchange == $exchange and (.activities[0].proofs.transfer | length) == 1 and
  .activities[0].proofs.transfer == .activities[0].transfers[0].proofs.transfer' files/register.json >/dev/null ||
  fail "another register: $(<files/register.json)"

# ---- the spreadsheet --------------------------------------------------------------------------------
expect 0 as auditor register export --party $fund --format xlsx -o files/register.xlsx
python3 "$root/tests/unit/gateway/service/read_xlsx.py" files/register.xlsx >files/sheets.json ||
  fail "the spreadsheet does not open"
jq -e 'keys_unsorted == ["Register", "Discrepancies", "Entry 1"]' files/sheets.json >/dev/null ||
  fail "other sheets: $(jq -c keys_unsorted files/sheets.json)"
expect 0 passerelle --lang fr --profile ids/auditor.json register export --party $fund --format xlsx -o files/fr.xlsx
python3 "$root/tests/unit/gateway/service/read_xlsx.py" files/fr.xlsx >files/sheets.json
jq -e '.Registre[0][0] | startswith("ESSAI")' files/sheets.json >/dev/null || fail "not said to be a rehearsal"

# ---- another day ------------------------------------------------------------------------------------
expect 0 as auditor register export --party $fund --format csv --as-of "$day" -o files/today.csv
cmp -s files/today.csv files/register.csv || fail "today's register differs from the register"
expect 2 as auditor register export --party $fund --as-of 2024-02-30
[[ $complaint == *--as-of* ]] || fail "the wrong day is not named: $complaint"
expect 1 as auditor register export --party $fund --as-of 2199-01-01
[[ $complaint == *AS_OF_FUTURE* ]] || fail "a day to come is not named: $complaint"
expect 1 as auditor register export --party $fund --as-of 2019-01-01
[[ $complaint == *AS_OF_BEFORE_LOG* ]] || fail "a day before the log is not named: $complaint"

# ---- discrepancies ----------------------------------------------------------------------------------
transfer 2024
expect 0 as auditor register discrepancies --party $fund
[[ $answer == EXCHANGE*"${exchange:0:12}"*period-repeated*"2 transfers of one period, 2024"* ]] ||
  fail "the repeated period is not listed: $answer"
expect 0 as auditor register discrepancies --party $fund --json
jq -e '.summary.discrepancies == 1 and .discrepancies[0].code == "period-repeated" and
       (.discrepancies[0].entries | length) == 2' <<<"$answer" >/dev/null || fail "another list: $answer"

# ---- whose it is ------------------------------------------------------------------------------------
expect 1 as steward register export --format csv
[[ $complaint == *REGISTER_NOT_YOURS* ]] || fail "the whole convention's register for a party: $complaint"
expect 2 as auditor register export --party $fund --format html
expect 2 as auditor register export --party $fund --json
[[ $complaint == *OPTION_MISSING*--out* ]] || fail "a summary without a file: $complaint"
export_log export
echo "register of $day: csv, json and xlsx agree"
