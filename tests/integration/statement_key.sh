#!/usr/bin/env bash
# The gateway's statement key is changed: the new one is enrolled by secretariat and countersigner, takes the old
# one's place in the data directory, and the old one is stopped. What either signed verifies for ever; a key that
# nobody enrolled, or that one person alone enrols, serves nothing.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

found
start_gateway
join
approve
transfer 2024
fetch() { accepted as reader transfer fetch "$sent" --out "files/$1.csv"; }
sent=$(name_of)
fetch first

# A new key of the gateway's agent, which entry 0 names.
conventions=(data/conventions/*)
held=${conventions[0]}/keys/statement.key
old_key=$(openssl pkey -in "$held" -pubout -outform DER | sha256sum | cut -d' ' -f1)
expect 0 as auditor agent list --json
gateway_agent=$(jq -r --arg key "$old_key" '.[] | select(.fingerprint == $key).row.agent' <<<"$answer")
[[ ${#gateway_agent} -eq 32 ]] || fail "no gateway among the keys: ${answer:0:600}"
issue statement service ed25519
expect 0 cli agent request --key ids/statement.key --agent "$gateway_agent" --kind gateway --log "$log" \
  --out files/statement.request.json

# One person alone cannot enrol it.
refused "" as secretariat-a agent enrol files/statement.request.json --party $town
expect 0 as secretariat-a agent enrol files/statement.request.json --party $town --add-to files/statement.json \
  --signers "${fingerprint[secretariat-a]},${fingerprint[countersigner-a]}"
both_sign files/statement.json

# Before it is enrolled it serves nothing.
swap() {
  stop_gateway TERM
  install -m 600 "$1" "$held"
}
cp "$held" files/old.key
swap ids/statement.key
# With this one convention alone there is nothing to serve.
(start_gateway) 2>files/refused && fail "it serves under a key that nobody enrolled"
grep -q 'keys/statement.key is not enrolled' files/refused || fail "not said: $(<files/refused)"

# Enrolled by both, it takes the old one's place, which is then stopped.
install -m 600 files/old.key "$held"
start_gateway
accepted as secretariat-a submit files/statement.json
swap ids/statement.key
start_gateway
fetch second
cmp files/first.csv files/second.csv || fail "another content is handed over"
accepted as secretariat-a agent stop "$old_key" --party $town --cause suspended
fetch third
expect 0 as auditor audit tail --last 1 --json
[[ $answer == *content_handed_over* ]] || fail "not handed over: $answer"
export_log export
