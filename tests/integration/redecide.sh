#!/usr/bin/env bash
# A dishonest operator: it approves an exchange without the DPO's opinion and signs, hashes and numbers its log
# as it should. Every check of bytes and signatures passes, ours and that of Go's packages; taking the decisions
# again names the entry, the act and the rule.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

build_go verify
found
start_gateway
join
approve
transfer 2024
refused IX.2b as dpo exchange decide "$exchange" --party $fund --verdict refused --reasons files/reasons.txt
export_log export
[[ $answer == *"Re-decided, all as recorded"*"Not re-decided: refused statements"*"(1)"* ]] || fail "not said: $answer"
stop_gateway TERM

# ---- golden -----------------------------------------------------------------------------------------
for golden in "$root"/tests/testdata/golden/*; do
  expect 0 ./verify "$golden/log"
  expect 0 cli audit verify "$golden/log" --redecide
done

# ---- forged -----------------------------------------------------------------------------------------
key=data/conventions/$slug/keys/checkpoint.key
expect 0 passerelle_forge_log export $key ids/decider.key forged
last=$((answer - 1))
expect 0 ./verify --vkey "$vkey" forged
expect 0 cli audit verify forged --log "$log"
expect 1 cli audit verify forged --log "$log" --redecide
[[ $complaint == *"Entry $last "*"its ExchangeDecided is recorded as accepted, but rule IX.2c refuses it: The prior opinion"* ]] ||
  fail "the forgery is not named: $complaint"
expect 1 passerelle --lang fr audit verify forged --redecide
[[ $complaint == *"Entrée $last "*"mais la règle IX.2c le refuse : L'avis préalable"* ]] || fail "not in French: $complaint"
expect 1 passerelle --lang en --json audit verify forged --redecide
jq -e '.accepted == false and (.fault | contains("IX.2c"))' <<<"$answer" >/dev/null || fail "no JSON: $answer"

# There is no opinion left to drop.
expect 1 passerelle_forge_log forged $key ids/decider.key again

# ---- on a terminal ----------------------------------------------------------------------------------
# `script` gives it one: the bar goes to stderr, and to nobody else.
expect 0 script -qec "passerelle --lang en audit verify export --redecide >/dev/null" files/typescript
grep -q '#\] ' files/typescript || fail "no bar on a terminal: $(head -c 300 files/typescript)"
expect 0 cli audit verify export --redecide
[[ -z $complaint ]] || fail "a bar without a terminal: $complaint"
echo "a forged decision named with its entry, act and rule"
