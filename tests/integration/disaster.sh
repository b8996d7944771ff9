#!/usr/bin/env bash
# The disk is lost at 16:00, and the copy is of 02:00. The log goes on under another key, by an act of secretariat and
# countersigner that says how large it was; each party follows it knowingly; every lost act is presented by its receipt,
# recorded again, or reported missing. A payload whose time was over meanwhile is erased before anything is served. An
# operator who feigns a disaster to drop a freeze fails: his witness, the DPO's memory and her receipt are evidence.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

witness_pid=
witness_port=0
start_witness() {
  rm -f files/w.port
  passerelle --lang en witness serve --key files/w.key "${logs[@]}" --database files/w.db \
    --listen "127.0.0.1:$witness_port" --certificate ids/w.pem --tls-key ids/w.key --port-file files/w.port \
    2>>files/w.log >/dev/null &
  witness_pid=$!
  listening() { [[ -s files/w.port ]] || ! kill -0 "$witness_pid" 2>/dev/null; }
  until_true 60 listening
  [[ -s files/w.port ]] || fail "the witness did not start: $(tail -n 3 files/w.log)"
  witness_port=$(<files/w.port)
}
stop_witness() {
  kill -TERM "$witness_pid"
  wait "$witness_pid" || true
  witness_pid=
}
finish_all() {
  [[ -z $witness_pid ]] || kill -KILL "$witness_pid" 2>/dev/null || true
  finish
}
trap finish_all EXIT

found
expect 0 cli witness init --name "witness.example/$fund" --key files/w.key
wkey=$answer
cli pki issue --ca pki --out ids/w --dns localhost >/dev/null
logs=(--log "$vkey")
start_witness
start_gateway
join
expect 0 as secretariat-a convention settings --out files/settings.textproto
cat >>files/settings.textproto <<EOF
witnesses { vkey: "$wkey" url: "https://localhost:$witness_port" }
witness_quorum: 1
EOF
expect 0 as secretariat-a convention settings enact files/settings.textproto --add-to files/settings.json \
  --signers "${fingerprint[secretariat-a]},${fingerprint[countersigner-a]}"
both_sign files/settings.json
accepted as secretariat-a submit files/settings.json --wait witnessed
approve
transfer 2024

# ---- 02:00: the copy ---------------------------------------------------------------------------------------------------
expect 0 cli backup --data data --to night --keys-to night.keys

# ---- the day: a transfer, a freeze, another transfer ----------------------------------------------------------------------
# frozen WHO: whether WHO sees a frozen exchange.
frozen() {
  expect 0 as "$1" exchange list --json
  [[ $(jq 'any(.frozen)' <<<"$answer") == true ]]
}
entries_of() { sqlite3 -readonly "$1/conventions/$slug/audit.db" 'select size from head'; }
transfer 2025
sent_receipt=$(field receipt)
transfer 2026
# A statement whose signed file its author keeps.
expect 0 as steward exchange propose --party $fund --dataset $dataset --to $town --purpose $purpose --tag $tag --unit $unit \
  --from "$today" --until $last_day --retain-until $last_day --frequency yearly --reasons files/reasons.txt \
  --add-to files/proposal.json --signers "${fingerprint[steward]}"
expect 0 cli sign files/proposal.json --key ids/steward.key
accepted as steward submit files/proposal.json
proposal=$(name_of)
proposal_receipt=$(field receipt)
accepted as dpo exchange freeze "$exchange" --party $fund --reasons files/reasons.txt --wait witnessed
freeze_receipt=$(field receipt)
freeze=$(name_of)
cp ids/dpo.checkpoint files/dpo.seen
stop_gateway TERM

# ---- 16:00: the disk is lost ------------------------------------------------------------------------------------------------
left=$(entries_of night)
had=$(entries_of data)
mv data lost && mv data.guards lost.guards
put_back() {
  rm -rf data data.guards
  cp -a night data
  mkdir -p data.guards
  local name
  for name in night.keys/conventions/*; do cp -a "$name/keys" "data/conventions/$(basename "$name")/keys"; done
}
put_back
recover() { cli recover --data data --guards data.guards --convention $slug "$@"; }
signers=(--signers "${fingerprint[secretariat-a]},${fingerprint[countersigner-a]}")

# Not as a mere change of key, and not without asking the witness.
misused CLOSING recover --draft files/successor.json --cause key-change "${signers[@]}"
stop_witness
expect 3 recover --draft files/successor.json --cause loss "${signers[@]}"
[[ $complaint == *WITNESS_SILENT*"witness.example/$fund"* ]] || fail "not said: $complaint"
start_witness
expect 0 recover --draft files/successor.json --cause loss "${signers[@]}" --json
[[ $(field left) -eq $left && $(field lost) -eq $((had - left)) ]] || fail "$answer, and $left of $had are left"
# Both sign, or it opens nothing.
expect 0 cli sign files/successor.json --key ids/secretariat-a.key
expect 2 recover --open files/successor.json
expect 0 cli sign files/successor.json --key ids/countersigner-a.key
expect 0 recover --open files/successor.json --pin files/successor.pins --json
opened=$(field name)
new_vkey=$(field checkpoint_vkey)
[[ $new_vkey == "passerelle.example/$slug/test/2+"* ]] || fail "another key: $new_vkey"
# Again, and nothing changes.
expect 0 recover --open files/successor.json --json
[[ $(field name) == "$opened" ]] || fail "another act: $answer"

# ---- each party follows it, knowingly ------------------------------------------------------------------------------------------
# Who keeps the witness names the new key beside the old one.
stop_witness
logs+=(--log "$new_vkey")
start_witness
start_gateway
refused "" as dpo inbox
for who in dpo steward sender auditor decider; do
  expect 0 as $who convention follow "$opened" --json
  [[ $(field left) -eq $left && $(field lost) -eq $((had - left)) ]] || fail "$who is told: $answer"
done
as dpo convention follow "$opened" --json >files/again 2>&1 && fail "followed twice: $(<files/again)"

# ---- what was lost is presented, recorded again, or reported missing -------------------------------------------------------------
! frozen dpo || fail "the freeze was not lost: $answer"
accepted as dpo receipt present "$freeze_receipt" --party $fund
frozen dpo || fail "the freeze does not bind: $answer"
refused freeze.gate as sender transfer send "$exchange" files/2025.csv --party $fund --period 2025
refused log.presented as dpo receipt present "$freeze_receipt" --party $fund
accepted as steward receipt present "$proposal_receipt" --party $fund
accepted as steward submit files/proposal.json
[[ $(name_of) == "$proposal" ]] || fail "another name: $answer"
accepted as sender receipt present "$sent_receipt" --party $fund
accepted as decider exchange unfreeze "$freeze" --party $fund --reasons files/reasons.txt
transfer 2025
export_log export
expect 0 cli audit verify export --log "$log" --redecide --json
[[ $(field lost) -eq $((had - left)) && $(field presented) -eq 3 && $(field recorded_again) -eq 2 ]] || fail "lost: $answer"
expect 0 cli audit verify export --log "$log"
[[ $answer == *"missing: $((left + 1))"* ]] || fail "what is missing is not said: $answer"
# A receipt of before verifies still, under the key that it names.
expect 0 cli receipt verify "$freeze_receipt" --log-key "$vkey"

# ---- a feigned disaster ------------------------------------------------------------------------------------------------------------
# The operator has everything, and would rather have no freeze. He goes back to the night, does not ask the witness, and
# gets both signatures under a false story.
stop_gateway TERM
rm -rf feigned feigned.guards
mv data feigned && mv data.guards feigned.guards
put_back
expect 0 recover --draft files/feigned.json --cause loss --without-witness "witness.example/$fund" "${signers[@]}" --json
[[ $(field lost) -eq 0 ]] || fail "he was told the truth: $answer"
for who in secretariat-a countersigner-a; do expect 0 cli sign files/feigned.json --key ids/$who.key; done
expect 0 recover --open files/feigned.json --json
feigned=$(field name)
start_gateway
# The DPO saw more than that story allows, under the same key: her client keeps the evidence and does not follow.
cp files/dpo.seen ids/dpo.checkpoint
expect 1 as dpo convention follow "$feigned"
[[ $complaint == *SUCCESSION_SHORT* ]] || fail "she follows a log that dropped her freeze: $complaint"
# So does the witness, to whoever asks.
origin=$(printf '%s' "passerelle.example/$slug/test" | sha256sum | cut -d' ' -f1)
curl -sS --cacert pki/ca.pem "https://localhost:$witness_port/$origin/checkpoint" >files/seen
[[ $(sed -n 2p files/seen) -gt $left ]] || fail "the witness saw no more: $(<files/seen)"
# So does it to whoever follows and never looked himself, and where it is silent, that is said.
rm -f ids/decider.checkpoint* ids/sender.checkpoint*
expect 1 as sender convention follow "$feigned"
[[ $complaint == *SUCCESSION_SHORT* ]] || fail "the witness is not asked: $complaint"
stop_witness
expect 3 as sender convention follow "$feigned"
[[ $complaint == *WITNESS_SILENT*"witness.example/$fund"* ]] || fail "a silent witness is not named: $complaint"
start_witness
# Who neither looked nor asks follows. He sends nothing all the same: no witness stands behind that log. And he presents
# what the DPO holds: the freeze binds.
unasked=(--without-witness "witness.example/$fund")
expect 0 as sender convention follow "$feigned" "${unasked[@]}"
refused VIEW_UNWITNESSED as sender transfer send "$exchange" files/2025.csv --party $fund --period 2025
expect 0 as decider convention follow "$feigned" "${unasked[@]}"
! frozen decider || fail "the feigned log knows of the freeze: $answer"
accepted as decider receipt present "$freeze_receipt" --party $fund
frozen decider || fail "the freeze does not bind: $answer"
