#!/usr/bin/env bash
# A file far larger than one request: sent and fetched as a stream, in memory that does not grow with it; a
# fetch that is cut goes on where it stopped, on record; a stream that is cut leaves nothing; what is erased
# is in no file. With PASSERELLE_STREAM_MIB the file has another size (1024 in the long run).
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

mib=${PASSERELLE_STREAM_MIB:-64}
most_growth_kib=$((64 * 1024))
found
start_gateway
join
approve

peak_kib() { awk '/^VmHWM/ {print $2}' "/proc/$gateway_pid/status"; }
objects() { find "data/conventions/$slug/objects" -type f | wc -l; }
objects_are() { [[ $(objects) -eq $1 ]]; }
entries() { sqlite3 -readonly "data/conventions/$slug/audit.db" 'select size from head'; }

# The table's rows, again and again.
table files/small.csv 2026
head -n 1 files/small.csv >files/large.csv
tail -n +2 files/small.csv >files/rows
# A block of about a mebibyte, so that the file is written fast.
while [[ $(stat -c %s files/rows) -lt 1048576 ]]; do cat files/rows files/rows >files/more && mv files/more files/rows; done
blocks=$((mib * 1048576 / $(stat -c %s files/rows) + 1))
for _ in $(seq "$blocks"); do cat files/rows; done >>files/large.csv
bytes=$(stat -c %s files/large.csv)
sum=$(sha256sum <files/large.csv)

# A small transfer first, so that what any call costs is there.
accepted as sender transfer send "$exchange" files/small.csv --party $fund --period 2025
before=$(peak_kib)
accepted as sender transfer send "$exchange" files/large.csv --party $fund --period 2026
large=$(name_of) receipt=$(jq -r .receipt <<<"$answer")
expect 0 cli receipt verify "$receipt" --log-key "$vkey"
[[ $(objects) -eq 1 ]] || fail "$(objects) objects after one stream"
accepted as reader transfer fetch "$large" --out files/fetched.csv
[[ $(sha256sum <files/fetched.csv) == "$sum" ]] || fail "what was fetched is not what was sent"
[[ $(stat -c %a files/fetched.csv) == 600 ]] || fail "others may read what was fetched"
growth=$(($(peak_kib) - before))
echo "$bytes bytes up and down: the gateway's memory grew by $growth KiB"
# A sanitizer keeps what is freed.
[[ -n $sanitized || $growth -le $most_growth_kib ]] || fail "the gateway's memory grew by $growth KiB"

# The client is killed while it fetches; the next fetch goes on, and both handovers are on record.
size=$(entries)
passerelle --profile ids/reader.json --receipts receipts transfer fetch "$large" --out files/again.csv >/dev/null 2>&1 &
fetching=$!
part_is_there() { [[ $(cat files/again.csv.*.part 2>/dev/null | wc -c) -gt 1000000 ]]; }
until_true 60 part_is_there || fail "nothing arrives"
kill -9 "$fetching" 2>/dev/null && wait "$fetching" 2>/dev/null || true
had=$(cat files/again.csv.*.part 2>/dev/null | wc -c)
accepted as reader transfer fetch "$large" --out files/again.csv
[[ $(sha256sum <files/again.csv) == "$sum" ]] || fail "what was resumed at $had is not what was sent"
compgen -G 'files/again.csv.*.part' >/dev/null && fail "an unfinished file stays behind"
[[ $(entries) -eq $((size + 2)) ]] || fail "$(($(entries) - size)) entries of two fetches"

# A part that is not what it should be is not kept.
cp files/fetched.csv "files/third.csv.${large:0:12}.part"
truncate -s 500000 "files/third.csv.${large:0:12}.part"
printf x | dd of="files/third.csv.${large:0:12}.part" bs=1 seek=1000 conv=notrunc status=none
expect 1 as reader transfer fetch "$large" --out files/third.csv
[[ $complaint == *PAYLOAD_COMMITMENT* ]] || fail "a bent part passes: $complaint"
[[ ! -e files/third.csv ]] || fail "a bent file was kept"
accepted as reader transfer fetch "$large" --out files/third.csv

# A sender that dies leaves nothing: no entry, no file.
size=$(entries)
passerelle --profile ids/sender.json --receipts receipts transfer send "$exchange" files/large.csv --party $fund --period 2027 >/dev/null 2>&1 &
sending=$!
until_true 60 objects_are 2 || fail "nothing is sent"
kill -9 "$sending" 2>/dev/null && wait "$sending" 2>/dev/null || true
until_true 60 objects_are 1 || fail "a cut stream leaves its file behind"
[[ $(entries) -eq $size ]] || fail "a cut stream left an entry"

# The gateway dies while it takes a stream: after the restart it is not there either, and the rest is.
passerelle --profile ids/sender.json --receipts receipts transfer send "$exchange" files/large.csv --party $fund --period 2027 >/dev/null 2>&1 &
sending=$!
until_true 60 objects_are 2 || fail "nothing is sent"
stop_gateway KILL
wait "$sending" 2>/dev/null || true
start_gateway
[[ $(objects) -eq 1 ]] || fail "$(objects) objects after the restart"
accepted as reader transfer fetch "$large" --out files/fourth.csv
[[ $(sha256sum <files/fourth.csv) == "$sum" ]] || fail "the stream did not survive the restart"

# What is too large for a request but breaks a rule is refused like what is small, and nothing stays.
sed '2s/;[0-9]*$/;1/' files/large.csv >files/wrong.csv
expect 1 as sender transfer send "$exchange" files/wrong.csv --party $fund --period 2028
[[ $(objects) -eq 1 ]] || fail "a refused payload stays"

# A document larger than a request: uploaded, committed to, and read back by whoever may.
{ printf '{"name": "fiche", "filler": "'; head -c 3000000 /dev/zero | tr '\0' x; printf '"}'; } >files/reasons.long
expect 0 as dpo exchange freeze "$exchange" --party $fund --reasons files/reasons.long --json
[[ $complaint == *24* ]] || fail "nobody says that the document waits: $complaint"
freeze=$(name_of)
reasons=$(as dpo --json exchange show "$exchange" | jq -r --arg act "$freeze" '.documents[] | select(.act == $act) | .commitment')
accepted as dpo document get "$reasons" --out files/reasons.back
cmp files/reasons.long files/reasons.back || fail "the document came back changed"
refused "" as reader transfer fetch "$large" --out files/frozen.csv
accepted as steward exchange unfreeze "$freeze" --party $fund --reasons files/reasons.txt

# Erased at its instant: the file is gone, and the receipt still holds.
head -c 3000000 files/large.csv | sed '$d' >files/doomed.csv
accepted as sender transfer send "$exchange" files/doomed.csv --party $fund --period 2028 \
  --destroy-after "$(in_log_time 4)"
doomed=$(name_of) receipt=$(jq -r .receipt <<<"$answer")
until_true 60 objects_are 2 || fail "what was to be destroyed is still there"
refused "" as reader transfer fetch "$doomed" --out files/none
expect 0 cli receipt verify "$receipt" --log-key "$vkey"
export_log export
echo "streams: $bytes bytes, resumed at $had"
