#!/usr/bin/env bash
# Two partners keep a witness each. What the gateway records is cosigned by both, receipts are raised and verified
# with Python alone; a witness that is down is waited for; an idle start is checked against them. An operator who
# rolls his log back or forks it, guard and all, is caught by name: by the witnesses, by a partner's own memory,
# and by `seen` in the partner's own statement.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

witness_pids=()
# start_witness N NAME: on the port it had before, if any.
start_witness() {
  rm -f "files/w$1.port"
  passerelle --lang en witness serve --key "files/w$1.key" --log "$vkey" --database "files/w$1.db" \
    --listen "127.0.0.1:${witness_port[$1]:-0}" --certificate "ids/w$1.pem" --tls-key "ids/w$1.key" \
    --port-file "files/w$1.port" 2>>"files/w$1.log" >/dev/null &
  witness_pids[$1]=$!
  listening() { [[ -s files/w$1.port ]] || ! kill -0 "${witness_pids[$1]}" 2>/dev/null; }
  until_true 60 listening "$1"
  [[ -s files/w$1.port ]] || fail "the witness did not start: $(tail -n 3 "files/w$1.log")"
  witness_port[$1]=$(<"files/w$1.port")
}
stop_witness() {
  kill -TERM "${witness_pids[$1]}"
  wait "${witness_pids[$1]}" || fail "the witness ended with $?"
  unset "witness_pids[$1]"
}
witness_port=()
finish_all() {
  local pid
  for pid in "${witness_pids[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  finish
}
trap finish_all EXIT

found
expect 0 cli witness init --name "witness.example/$fund" --key files/w1.key
wkey[1]=$answer
expect 0 cli witness init --name "witness.example/$town" --key files/w2.key
wkey[2]=$answer
misused FILE_EXISTS cli witness init --name x --key files/w1.key
expect 0 cli witness key files/w2.key
[[ $answer == "${wkey[2]}" ]] || fail "another key is shown: $answer"
for n in 1 2; do
  cli pki issue --ca pki --out "ids/w$n" --dns localhost >/dev/null
  start_witness $n
done

# The settings name them.
start_gateway
join
# enact_settings: files/settings.textproto, under both signatures.
enact_settings() {
  rm -f files/settings.json
  expect 0 as secretariat-a convention settings enact files/settings.textproto --add-to files/settings.json \
    --signers "${fingerprint[secretariat-a]},${fingerprint[countersigner-a]}"
  both_sign files/settings.json
}
expect 0 as secretariat-a convention settings --out files/settings.textproto
cp files/settings.textproto files/plain.textproto
for n in 1 2; do
  echo "witnesses { vkey: \"${wkey[n]}\" url: \"https://localhost:${witness_port[n]}\" }"
done >>files/settings.textproto
echo 'witness_quorum: 3' >>files/settings.textproto
enact_settings
refused settings.evidence as secretariat-a submit files/settings.json
sed -i 's/^witness_quorum: 3/witness_quorum: 2/' files/settings.textproto
enact_settings
accepted as secretariat-a submit files/settings.json --wait witnessed
[[ $(field level) == witnessed ]] || fail "not witnessed: $answer"
expect 0 as auditor convention settings
[[ $answer == *"witnesses, quorum"*"2, 2"* ]] || fail "not shown: $answer"

# doctor_says EXIT COUNT CODE STATE: so many checks of those whom the settings name say so; "" where all is well.
doctor_says() {
  expect "$1" cli doctor --data data --json
  [[ $(jq -r --arg code "$3" --arg state "$4" '[.checks[] | select(.area == "witness" and .code == $code and
    .state == $state)] | length' <<<"$answer") -eq $2 ]] || fail "the doctor does not say $3 $2 times: $answer"
}
doctor_says 0 2 "" ok

# Receipts are raised: the quorum's lines verify with tools not written here.
approve
accepted as dpo exchange freeze "$exchange" --party $fund --reasons files/reasons.txt --wait witnessed
freeze=$(name_of)
receipt=$(field receipt)
expect 0 cli receipt verify "$receipt" --log-key "$vkey" --witness "${wkey[1]}" --witness "${wkey[2]}" --json
[[ $(field accepted) == true && -n $(field witnessed) ]] || fail "no witnesses in $answer"
accepted as decider exchange unfreeze "$freeze" --party $fund --reasons files/reasons.txt
refused "witnesses are missing" cli receipt verify "$(field receipt)" --log-key "$vkey" --witness "${wkey[1]}"
/usr/bin/python3 - "$receipt" "${wkey[@]}" <<'PYTHON' || fail "Python does not find both cosignatures"
import base64, struct, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
note = open(sys.argv[1], encoding="utf-8").read().split("\n\n", 1)[1]
text, lines = note.split("\n\n", 1)
for vkey in sys.argv[2:]:
    name, key_id, key = vkey.split("+", 2)
    blobs = [base64.b64decode(line.rsplit(" ", 1)[1]) for line in lines.splitlines() if line.startswith(f"\u2014 {name} ")]
    blob, = [blob for blob in blobs if blob[:4].hex() == key_id]
    time = struct.unpack(">Q", blob[4:12])[0]
    public = base64.b64decode(key)
    assert public[0] == 4 and len(blob) == 76
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(blob[12:], f"cosignature/v1\ntime {time}\n{text}\n".encode())
PYTHON

# Without one of them nothing is lost, and the receipt says so; once it is back it catches up.
stop_witness 2
accepted as dpo exchange freeze "$exchange" --party $fund --reasons files/reasons.txt
[[ $(field level) == committed ]] || fail "witnessed by whom? $answer"
freeze=$(name_of)
doctor_says 1 1 witness-silent warn
doctor_says 1 1 witness-quorum fail
doctor_says 1 1 "" ok
start_witness 2
accepted as decider exchange unfreeze "$freeze" --party $fund --reasons files/reasons.txt --wait witnessed
[[ $(field level) == witnessed ]] || fail "the second does not catch up: $answer"
# An auditor may ask either of them what it saw.
origin=$(printf '%s' "passerelle.example/$slug/test" | sha256sum | cut -d' ' -f1)
curl -sS --cacert pki/ca.pem "https://localhost:${witness_port[1]}/$origin/checkpoint" >files/seen
grep -q "^passerelle.example/$slug/test$" files/seen || fail "no checkpoint: $(<files/seen)"
[[ $(curl -sS --cacert pki/ca.pem -o /dev/null -w '%{http_code}' "https://localhost:${witness_port[1]}/x") == 404 ]]
code=$(head -c 100000 /dev/zero | curl -sS --cacert pki/ca.pem --data-binary @- -o /dev/null -w '%{http_code}' \
  "https://localhost:${witness_port[1]}/add-checkpoint")
[[ $code == 413 ]] || fail "a body without an end is answered $code"
! curl -sS --cacert pki/ca.pem --tls-max 1.2 "https://localhost:${witness_port[1]}/$origin/checkpoint" 2>/dev/null ||
  fail "TLS 1.2 is served"

# ---- an operator puts an old copy back, guard and all -----------------------------------------------------------
stop_gateway TERM
cp -a data older && cp -a data.guards older.guards
start_gateway
accepted as dpo exchange freeze "$exchange" --party $fund --reasons files/reasons.txt --wait witnessed
cp ids/dpo.checkpoint files/dpo.checkpoint
expect 0 as dpo exchange freeze "$exchange" --party $fund --reasons files/reasons.txt --add-to files/carried.json \
  --signers "${fingerprint[dpo]}"
expect 0 cli sign files/carried.json --key ids/dpo.key
stop_gateway TERM
mv data newer && mv data.guards newer.guards
put_back() {
  rm -rf data data.guards
  cp -a older data && cp -a older.guards data.guards
}
put_back
: >files/gateway.log
expect 1 timeout 60 passerelle-gateway --data data --listen 127.0.0.1:0 --certificate ids/gateway.pem \
  --key ids/gateway.key --port-file files/port
[[ $complaint == *LOG_BEHIND_WITNESS*witness.example/*"are lost"* ]] || fail "not said: $complaint"
doctor_says 1 2 log-behind-witness fail

# ---- he keeps the witnesses away until his other history is the longer one ---------------------------------------
put_back
stop_witness 1
stop_witness 2
start_gateway
accepted as steward exchange freeze "$exchange" --party $fund --reasons files/reasons.txt
accepted as decider exchange freeze "$exchange" --party $fund --reasons files/reasons.txt
# One more than needed binds nobody, and is recorded.
expect 4 as representative exchange freeze "$exchange" --party $fund --reasons files/reasons.txt
# The partner who saw the first history stops, with both notes.
cp files/dpo.checkpoint ids/dpo.checkpoint
refused FORK as dpo convention show
[[ -s ids/dpo.checkpoint.fork ]] || fail "the second note is not kept"
# So does his statement, whoever carries it: it says what he saw.
[[ $(sed -n 2p files/dpo.checkpoint) -le $(sqlite3 -readonly "data/conventions/$slug/audit.db" 'select size from head') ]]
refused seen-never-was as decider submit files/carried.json
: >files/gateway.log
start_witness 1
start_witness 2
forked() { grep -q '"witness_failed".*LOG_FORKED' files/gateway.log; }
until_true 60 forked || fail "no witness tells of the fork: $(tail -n 5 files/gateway.log)"
grep -q "^passerelle-gateway.*witness witness.example/.* forked before entry" files/gateway.log ||
  fail "not by name: $(grep '^passerelle-gateway' files/gateway.log | head -n 2)"
told() { grep -q "ANOTHER HISTORY 422  passerelle.example/$slug/test" files/w1.log files/w2.log; }
until_true 60 told || fail "no witness says it: $(tail -n 3 files/w1.log files/w2.log)"
doctor_says 1 2 log-forked-witness fail
# No act is taken any more, and what is there can still be read.
expect 1 as decider exchange freeze "$exchange" --party $fund --reasons files/reasons.txt
[[ $complaint == *LOG_FORKED* ]] || fail "taken all the same: $complaint"
expect 0 as steward exchange list
stop_gateway TERM

# ---- the true one goes on ----------------------------------------------------------------------------------------
rm -rf data data.guards
cp -a newer data && cp -a newer.guards data.guards
for who in decider steward auditor; do rm -f ids/$who.checkpoint*; done
start_gateway
accepted as steward exchange freeze "$exchange" --party $fund --reasons files/reasons.txt --wait witnessed
[[ $(field level) == witnessed ]] || fail "not witnessed any more: $answer"
export_log export
stop_gateway TERM
stop_witness 1
stop_witness 2
echo "cosigned by two partners; a rollback and a fork caught by name"
