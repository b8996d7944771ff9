#!/usr/bin/env bash
# The checkpoint key is changed: by an act of secretariat and countersigner, under a note that the old key and the new one
# sign. Nothing is lost; each party follows; what the old key signed verifies for ever, and a copy of it signs nothing any
# more that anybody follows.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

found
start_gateway
join
approve
transfer 2024
receipt=$(field receipt)
export_log before
stop_gateway TERM
signers=(--signers "${fingerprint[secretariat-a]},${fingerprint[countersigner-a]}")
recover() { cli recover --data data --guards data.guards --convention $slug "$@"; }
misused OPTION_MISSING recover --draft files/successor.json "${signers[@]}"
misused OPTIONS_EXCLUSIVE recover --draft files/successor.json --adopt-head
expect 0 recover --draft files/successor.json --cause key-change "${signers[@]}" --json
[[ $(field lost) -eq 0 ]] || fail "$answer"
for who in secretariat-a countersigner-a; do expect 0 cli sign files/successor.json --key ids/$who.key; done
# Until it is opened, nothing has changed: not even when the one who drafted it goes on serving.
start_gateway
expect 0 as sender exchange list
stop_gateway TERM
expect 0 recover --open files/successor.json --json
opened=$(field name)
new_vkey=$(field checkpoint_vkey)
[[ $(field left) -gt 0 && $(field lost) -eq 0 ]] || fail "$answer"
conventions=(data/conventions/*)
grep -q '^PRIVATE+KEY+passerelle.example' "${conventions[0]}/keys/checkpoint.key.closed" || fail "the old key is not kept"
[[ ! -e ${conventions[0]}/keys/checkpoint.key.next ]] || fail "the new key lies where it was made"

# A partner who does not follow is told nothing that he believes; whoever is told the act's name follows.
start_gateway
refused "" as sender transfer send "$exchange" files/2024.csv --party $fund --period 2025
for who in sender auditor; do
  expect 0 as $who convention follow "$opened" --json
  [[ $(field checkpoint_vkey) == "$new_vkey" && $(field lost) -eq 0 ]] || fail "$who is told: $answer"
done
refused "" as dpo convention follow "${opened:1}${opened:0:1}"
transfer 2025
new_receipt=$(field receipt)

# Each receipt under its own key, and the whole log under the new one.
expect 0 cli receipt verify "$receipt" --log-key "$vkey"
refused "" cli receipt verify "$receipt" --log-key "$new_vkey"
expect 0 cli receipt verify "$new_receipt" --log-key "$new_vkey"
export_log after
[[ $(<after/log.vkey) == "$new_vkey" ]] || fail "the export is under $(<after/log.vkey)"
expect 0 cli audit verify before --log "$log"
# Under the old key it is not the log any more: entry and origin are named.
cp -a after mixed
cp before/log.vkey before/checkpoint mixed/
refused "" cli audit verify mixed --log "$log"
expect 0 as auditor audit export party --party $fund
expect 0 cli audit verify party --log "$log"

# And once more: /3.
stop_gateway TERM
expect 0 recover --draft files/third.json --cause key-change "${signers[@]}" --json
[[ $(field origin) == "passerelle.example/$slug/test/3" ]] || fail "another origin: $answer"
