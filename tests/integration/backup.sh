#!/usr/bin/env bash
# A copy made while statements are submitted is whole: every document and payload that its log claims is
# there, its checkpoint is the gateway's own, its keys are apart; a gateway started from it serves. What was
# erased before is in no byte of it.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

found
start_gateway
join
approve
transfer 2024
first=$(name_of)
# One that comes as a stream, into a file of its own.
large_table files/2023.csv 2023
accepted as sender transfer send "$exchange" files/2023.csv --party $fund --period 2023
streamed=$(name_of)
table files/2025.csv 2025

# Erased before the copy: its row, cut out of the vault while it was there.
accepted as sender transfer send "$exchange" files/2025.csv --party $fund --period 2025 \
  --destroy-after "$(in_log_time 10)"
doomed=$(name_of)
rows() { sqlite3 -readonly "$1" 'select count(*) from items where class = 1'; }
[[ $(rows "data/conventions/$slug/vault.db") -eq 3 ]] || fail "three payloads should be there"
sqlite3 -readonly "data/conventions/$slug/vault.db" \
  'select hex(ciphertext) from items where class = 1 order by place desc limit 1' >files/ciphertext
erased() { [[ $(rows "data/conventions/$slug/vault.db") -eq 2 ]]; }
until_true 60 erased || fail "the payload was not erased"

# Under load: acts with documents, one after the other, until the copies are made.
load() {
  local n=0
  while [[ ! -e files/enough ]]; do
    as steward exchange propose --party $fund --dataset $dataset --to $town --purpose $purpose --tag $tag \
      --unit $unit --from "$today" --until $last_day --retain-until $last_day --frequency yearly \
      --reasons files/reasons.txt >/dev/null 2>>files/load || {
      echo failed >files/load.failed
      return
    }
    n=$((n + 1))
    echo $n >files/load.done
  done
}
load &
load_pid=$!
trap 'touch "$tmp/files/enough"; wait "$load_pid" || true; finish' EXIT
# So that each copy is of a log that has grown: one act may be in the last copy and answered only after it.
more() { [[ -e files/load.failed || $(cat files/load.done 2>/dev/null) -gt $(($1 + 1)) ]]; }
done=-1
for n in 1 2 3 4 5; do
  until_true 120 more "$done" || fail "no load"
  expect 0 cli backup --data data --to "copies/$n" --keys-to "keys/$n" --json
  entries=$(jq '.[0].entries' <<<"$answer")
  [[ $entries -gt ${last:-0} ]] || fail "copy $n has $entries entries"
  last=$entries
  [[ $(sed -n 2p "copies/$n/conventions/$slug/checkpoint") -eq $entries ]] || fail "not the copy's checkpoint"
  done=$(<files/load.done)
done
touch files/enough
wait "$load_pid"
trap finish EXIT
[[ ! -e files/load.failed ]] || fail "the gateway failed under the copies: $(tail -n 3 files/load)"
[[ $(<files/load.done) -ge 3 ]] || fail "there was no load"

# Permissions; keys apart; nothing of an unfinished copy.
[[ -z $(find copies keys -type f ! -perm 600) && -z $(find copies keys -type d ! -perm 700) ]] || fail "open files"
[[ -z $(find copies -name '*.key' -o -name 'kek*') ]] || fail "keys in the copy"
[[ -z $(find . -name '*.unfinished') ]] || fail "something unfinished is left"
cmp "keys/5/conventions/$slug/keys/statement.key" "data/conventions/$slug/keys/statement.key"

# What was erased is in no byte of a later copy, neither whole nor a piece from its middle.
/usr/bin/python3 - "copies/1/conventions/$slug" files/ciphertext <<'PYTHON' || fail "erased bytes are in the copy"
import pathlib, sys
gone = bytes.fromhex(open(sys.argv[2]).read().strip())
assert len(gone) > 64
for file in pathlib.Path(sys.argv[1]).rglob("*"):
    if file.is_dir():
        continue
    data = file.read_bytes()
    for at in range(0, len(gone) - 32, 16):
        assert gone[at:at + 32] not in data, file
PYTHON

# A name that is taken, and what this version does not know, are refused; nothing is left behind.
expect 2 cli backup --data data --to copies/5
[[ $complaint == *FILE_EXISTS* ]] || fail "a copy was replaced: $complaint"
mkdir "data/conventions/$slug/unheard-of"
expect 1 cli backup --data data --to copies/6
[[ $complaint == *BACKUP_UNKNOWN*unheard-of* ]] || fail "not said: $complaint"
rmdir "data/conventions/$slug/unheard-of"
[[ ! -e copies/6 && ! -e copies/6.unfinished ]] || fail "half a copy was left"
expect 2 cli backup --data nowhere --to copies/6

# An interrupted one leaves nothing in the way of the next.
mkdir -p copies/6.unfinished/conventions
expect 0 cli backup --data data --to copies/6/
[[ -e copies/6/conventions && ! -e copies/6.unfinished ]] || fail "an unfinished copy was in the way"

# Put back on a machine that has never seen this log: the missing guard is told, the loss is admitted, and the
# log goes on from there.
stop_gateway TERM
mv data lost
mv data.guards lost.guards
cp -a copies/5 data
cp -a "keys/5/conventions/$slug/keys" "data/conventions/$slug/keys"
expect 1 timeout 60 passerelle-gateway --data data --listen 127.0.0.1:0 --certificate ids/gateway.pem \
  --key ids/gateway.key
[[ $complaint == *GUARD_MISSING* ]] || fail "a copy without its guard was served: $complaint"
expect 1 cli doctor --data data --json
[[ $answer == *guard-missing* ]] || fail "the doctor does not tell: $answer"
expect 0 cli recover --adopt-head --data data --convention $slug --json
[[ $(field entries) -eq $last ]] || fail "another head was adopted: $answer"
start_gateway
expect 0 as reader transfer fetch "$first" --out files/fetched.csv
cmp files/2024.csv files/fetched.csv || fail "the fetched file differs"
expect 0 as reader transfer fetch "$streamed" --out files/streamed.csv
cmp files/2023.csv files/streamed.csv || fail "the fetched stream differs"
refused erased as reader transfer fetch "$doomed" --out files/gone.csv
transfer 2026
export_log export
stop_gateway TERM
# With a guard there is nothing to adopt.
refused GUARD_THERE cli recover --adopt-head --data data --convention $slug
# Beside the guard of the machine it comes from, an old copy is not served.
rm -rf data data.guards
cp -a copies/1 data
cp -a "keys/1/conventions/$slug/keys" "data/conventions/$slug/keys"
mv lost.guards data.guards
expect 1 timeout 60 passerelle-gateway --data data --listen 127.0.0.1:0 --certificate ids/gateway.pem \
  --key ids/gateway.key
[[ $complaint == *LOG_BEHIND_GUARD* ]] || fail "an old copy was served: $complaint"
echo "five copies under load, each whole; $last entries put back into service"
