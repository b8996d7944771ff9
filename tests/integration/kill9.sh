#!/usr/bin/env bash
# A gateway killed in the middle of its work loses nothing that it acknowledged: senders and readers call it
# while it is killed, five times; every receipt given so far holds against the restarted log, every acknowledged
# act is there, and the whole log verifies.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

rounds=5
found
start_gateway
join
approve

# Each answer of the gateway is one line: name, entry, receipt.
note_answer() { jq -r '[.name, .index, .receipt] | @tsv' >>files/acknowledged; }
# keep_sending, keep_reading: until the gateway no longer answers. The exit code is the last call's.
keep_sending() {
  local said code year=2000
  while true; do
    year=$((year + 1))
    table "files/send-$1.csv" $year
    code=0
    said=$(as sender --json transfer send "$exchange" "files/send-$1.csv" --party $fund --period $year \
      2>"files/sender-$1.said") || code=$?
    [[ $code -eq 0 ]] || return $code
    note_answer <<<"$said"
    jq -r .name <<<"$said" >>files/sent
  done
}
keep_reading() {
  local said code name read=0
  while true; do
    name=$(sed -n "$((read + 1))p" files/sent)
    if [[ -z $name ]]; then
      alive || return 3
      sleep 0.02
      continue
    fi
    read=$((read + 1))
    code=0
    said=$(as reader --json transfer fetch "$name" --out files/read.csv 2>files/reader.said) || code=$?
    [[ $code -eq 0 ]] || return $code
    note_answer <<<"$said"
    said=$(as reader --json transfer ack "$name" --party $town 2>files/reader.said) || code=$?
    [[ $code -eq 0 ]] || return $code
    note_answer <<<"$said"
  done
}
has_answered() { [[ $(wc -l <files/acknowledged) -ge $1 ]]; }

# holds: every receipt is the entry of the restarted log that it says it is.
cat >files/holds.py <<'END'
import base64, pathlib, re, sys
folder = pathlib.Path("export")
entries = []
for path in sorted(p for p in (folder / "tile/entries").rglob("*") if p.is_file()):
    bundle = path.read_bytes()
    while bundle:
        size = 2 + int.from_bytes(bundle[:2], "big")
        entries.append(bundle[2:size])
        bundle = bundle[size:]
for line in open("files/acknowledged"):
    name, index, receipt = line.rstrip("\n").split("\t")
    text = pathlib.Path(receipt).read_text()
    extra = base64.b64decode(re.search(r"^extra (.*)$", text, re.M)[1])
    assert re.search(r"^index (\d+)$", text, re.M)[1] == index, receipt
    assert int(index) < len(entries), f"entry {index} is gone: the log has {len(entries)}"
    assert entries[int(index)] == extra, f"entry {index} is not that of its receipt"
print(len(entries))
END

: >files/acknowledged
doubts=0 traced=no
is_dead() { ! alive; }
for round in $(seq $rounds); do
  : >files/sent
  before=$(wc -l <files/acknowledged)
  keep_sending 1 &
  first=$!
  keep_sending 2 &
  second=$!
  keep_reading &
  third=$!
  until_true 60 has_answered $((before + 3)) || fail "the gateway does not answer: $(cat files/*.said)"
  # Where it may be traced, as it makes a group durable, so that a caller waits for just that; else at
  # whatever it does at another moment of each round.
  if kill_at_write $((2 + round)); then
    until_true 60 is_dead 2>/dev/null || fail "the gateway writes nothing"
    killed
    traced=yes
  else
    sleep "0.0$((round * 17 % 100))"
    stop_gateway KILL
  fi
  for caller in $first $second $third; do
    code=0
    wait "$caller" || code=$?
    [[ $code -eq 3 ]] || fail "a caller of the killed gateway ended with $code: $(cat files/*.said)"
  done
  start_gateway
  # Who was left in doubt asks: the act is recorded or it is not, and both are said.
  for digest in $(cat files/*.said | grep -o 'OUTCOME_UNKNOWN [0-9a-f]\{64\}' | cut -d' ' -f2); do
    code=0
    for who in sender reader; do
      as $who --json receipt get "$digest" >files/doubt 2>files/doubt.said && break || code=$?
      [[ $code -eq 1 ]] || fail "no clear answer to a doubt: $(cat files/doubt.said)"
    done
    doubts=$((doubts + 1))
  done
  rm -rf files/*.said export
  export_log export
  python3 files/holds.py >files/entries || fail "an acknowledged act is not in the restarted log"
  while IFS=$'\t' read -r name index receipt; do
    expect 0 cli receipt verify "$receipt" --log-key "$vkey"
  done <files/acknowledged
  # The last ones, as their callers ask again: at the same place, consistent with what they have seen.
  while IFS=$'\t' read -r name index receipt; do
    accepted as auditor receipt get "${name%/*}"
    [[ $(jq -r .index <<<"$answer") == "$index" ]] || fail "another place: $answer instead of $index"
  done < <(tail -n 3 files/acknowledged)
done
[[ $traced == no || $doubts -gt 0 ]] || fail "killed in the middle of commits, and nobody was in doubt"
echo "$rounds kills, $(wc -l <files/acknowledged) acknowledged acts kept, $doubts doubts answered," \
  "$(<files/entries) entries"
