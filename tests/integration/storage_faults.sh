#!/usr/bin/env bash
# A byte that changes in a store is found: at the start, with the reason and the entry, or when it is used,
# and then for that content alone. One damaged slot of the guard is borne, two are not. What a crash left
# beyond the head is swept. The neighbouring convention is served all the while.
# With PASSERELLE_FLIPS bytes are changed anywhere in the folder of the convention so many times (in the long
# run 150), each by itself: refused, or served as it was; the places come from PASSERELLE_SEED.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

flips=${PASSERELLE_FLIPS:-4}
seed=${PASSERELLE_SEED:-$(($(date +%s) % 32768))}
RANDOM=$seed
neighbour=ctg-neighbour-2024-2029
found
enact $neighbour files/neighbour.json
start_gateway
join
approve
transfer 2024
first=$(name_of) place=$(field index)
transfer 2025
second=$(name_of)
large_table files/large.csv 2026
accepted as sender transfer send "$exchange" files/large.csv --party $fund --period 2026
large=$(name_of)
accepted as dpo exchange freeze "$exchange" --party $fund --reasons files/reasons.txt
freeze=$(name_of)
refused_name=$(as sender --json transfer send "$exchange" files/2024.csv --party $fund --period 2027 2>/dev/null |
  jq -r .name) || true
accepted as steward exchange unfreeze "$freeze" --party $fund --reasons files/reasons.txt
stop_gateway TERM
mkdir whole
cp -a data data.guards whole
folder=data/conventions/$slug
database=$folder/audit.db
size=$(sqlite3 -readonly "$database" 'select size from head')

# whole_again: also in the memory of the partners, who saw more than what is put back.
whole_again() {
  rm -rf data data.guards ids/*.checkpoint
  cp -a whole/. .
}

# bend.py DATABASE TABLE COLUMN CONDITION | FILE OFFSET [used]: changes one byte of a cell, or of a file; with
# `used` the first at or after the offset that is not zero.
cat >files/bend.py <<'END'
import sqlite3, sys
if len(sys.argv) < 5:
    with open(sys.argv[1], "r+b") as file:
        file.seek(int(sys.argv[2]))
        byte = file.read(1)
        while len(sys.argv) == 4 and byte == b"\0":
            byte = file.read(1)
        if byte:
            file.seek(-1, 1)
            file.write(bytes([byte[0] ^ 1]))
else:
    path, table, column, condition = sys.argv[1:]
    database = sqlite3.connect(path)
    cells = database.execute(f"select rowid, {column} from {table} where {condition}").fetchall()
    assert len(cells) == 1, cells
    (row, cell), = cells
    database.execute(f"update {table} set {column} = ? where rowid = ?", (cell[:-1] + bytes([cell[-1] ^ 1]), row))
    database.commit()
END
bend() { /usr/bin/python3 files/bend.py "$@"; }

# spoilt WORDS COMMAND...: after that command the start refuses, with these words.
spoilt() {
  whole_again
  "${@:2}"
  start_refuses "$slug" "$1"
}
# serves COMMAND...: after that command it starts and serves as before.
serves() {
  whole_again
  "$@"
  start_gateway
  expect 0 as reader transfer fetch "$first" --out "files/fetched.$((RANDOM)).csv"
}
sql() { sqlite3 "$1" "$2" >/dev/null; }

# ---- the log ------------------------------------------------------------------------------------------
spoilt "entry 3 is not the one" bend "$database" entries bytes "idx = 3"
spoilt "entry 5 is missing" sql "$database" "delete from entries where idx = 5"
spoilt "entry $size lies past the head" sql "$database" "insert into entries select $size, bytes from entries where idx = 3"
spoilt LOG_ROOT bend "$database" head root "1"
spoilt "entry $((size - 1)) is not the one" bend "$database" tiles hashes "id = 0"
spoilt STORE_FOREIGN bend "$database" 0
spoilt "entry 0 is missing" truncate -s 0 "$database"
spoilt STORE_ truncate -s 8192 "$database"

# ---- the guard ----------------------------------------------------------------------------------------
guard=data.guards/$slug.guard
torn() { for at in "$@"; do bend "$guard" "$at"; done; }
serves torn 100
stop_gateway TERM
serves torn 612
stop_gateway TERM
spoilt GUARD_TORN torn 100 612
spoilt GUARD_MISSING truncate -s 0 "$guard"

# ---- the vault ----------------------------------------------------------------------------------------
items=$folder/vault.db
at() { echo "place = $1 << 20"; }
spoilt VAULT_ bend "$items" 0
spoilt "entry $place: its payload is missing" sql "$items" "delete from items where $(at "$place")"
spoilt "is missing from the vault" sh -c "rm $folder/objects/*"

# damaged NAME COMMAND...: served, but for that content; the others are whole.
damaged() {
  whole_again
  "${@:2}"
  start_gateway
  expect 1 as reader transfer fetch "$1" --out files/none
  [[ $complaint == *DATA_LOSS* || $complaint == *NOT_AUTHENTIC* || $complaint == *OBJECT_LENGTH* ]] ||
    fail "no reason: $complaint"
  [[ ! -e files/none ]] || fail "what is damaged was kept"
  rm -f files/whole.csv
  expect 0 as reader transfer fetch "$second" --out files/whole.csv
  cmp files/2025.csv files/whole.csv
  stop_gateway TERM
}
damaged "$first" bend "$items" items ciphertext "$(at "$place")"
damaged "$first" bend "$items" items wrapped "$(at "$place")"
damaged "$large" bend "$(ls -d "$folder"/objects/*)" 70000
damaged "$large" truncate -s -1 "$(ls -d "$folder"/objects/*)"
# A refused statement's own words: the refusal stands, its salt and bytes are gone.
whole_again
bend "$items" refused ciphertext 1
start_gateway
expect 1 as sender receipt get "${refused_name%/*}"
expect 0 as reader transfer fetch "$second" --out files/whole2.csv
stop_gateway TERM

# ---- the keys -----------------------------------------------------------------------------------------
spoilt CHECKPOINT_KEY bend "$folder/keys/checkpoint.key" 60
spoilt checkpoint.key rm "$folder/keys/checkpoint.key"
spoilt statement.key bend "$folder/keys/statement.key" 30
spoilt statement.key rm "$folder/keys/statement.key"
spoilt KEK_LENGTH truncate -s 31 "$folder/keys/kek-1"

# ---- what a partner remembers -------------------------------------------------------------------------
whole_again
start_gateway
expect 0 as auditor receipt get "${first%/*}"
bend ids/auditor.checkpoint 80
expect 1 as auditor receipt get "${first%/*}"
[[ $complaint == *auditor.checkpoint* ]] || fail "it does not say which file: $complaint"
expect 0 as sender receipt get "${first%/*}"
stop_gateway TERM

# ---- orphans ------------------------------------------------------------------------------------------
# What a crash leaves between the vault's commit and the log's: rows at the head and beyond, their objects,
# and objects that no row names.
whole_again
orphan=$(printf 'f%.0s' {1..32})
for row in "$size << 20, 1, 1, 0, null, randomblob(60), randomblob(400), null" \
  "($size + 1) << 20, 1, 1, 0, null, randomblob(60), randomblob(90), '$orphan'"; do
  sql "$items" "insert into items values($row)"
done
before=$(sqlite3 -readonly "$items" 'select count(*) from items')
cp "$folder"/objects/* "files/$orphan"
install -m 600 "files/$orphan" "$folder/objects/$orphan"
install -m 600 "files/$orphan" "$folder/objects/${orphan/f/e}"
start_gateway
[[ $(sqlite3 -readonly "$items" 'select count(*) from items') -eq $((before - 2)) ]] || fail "orphan rows stay"
[[ $(find "$folder/objects" -type f | wc -l) -eq 1 ]] || fail "orphan objects stay"
expect 0 as reader transfer fetch "$large" --out files/whole3.csv
cmp files/large.csv files/whole3.csv
stop_gateway TERM

# ---- anywhere -----------------------------------------------------------------------------------------
# The log that is served is the one that was there: same size, same root.
head_of() { sqlite3 -readonly "$1" 'select size, hex(root) from head'; }
wanted=$(head_of "whole/$database")
found_out=0 borne=0
cd whole
mapfile -t files < <(find "$folder" "$guard" -type f -size +0 ! -path '*/keys/*')
cd ..
for n in $(seq "$flips"); do
  whole_again
  file=${files[RANDOM % ${#files[@]}]}
  offset=$(((RANDOM * 32768 + RANDOM) % $(stat -c %s "$file")))
  bend "$file" "$offset" used
  : >files/gateway.log
  start_gateway
  grep -q "\"convention_opened\",\"convention\":\"$neighbour\"" files/gateway.log || fail "the neighbour is not served: $file $offset"
  if grep -q "\"convention_opened\",\"convention\":\"$slug\"" files/gateway.log; then
    borne=$((borne + 1))
    [[ $(head_of "$database") == "$wanted" ]] || fail "another log is served: byte $offset of $file"
    code=0
    as auditor audit export "files/export.$n" >files/said 2>files/complaint || code=$?
    [[ $code -ne 0 ]] || expect 0 cli audit verify "files/export.$n" --log "$log"
    rm -rf "files/export.$n"
  else
    found_out=$((found_out + 1))
    grep -qE '^passerelle-gateway: [A-Z_]+: ' files/gateway.log || fail "no reason: byte $offset of $file"
  fi
  stop_gateway TERM
  [[ $stopped -eq 0 ]] || fail "it ended with $stopped: byte $offset of $file"
  [[ $((n % 25)) -ne 0 ]] || echo "$n bytes changed: $found_out found at the start, $borne borne"
done
whole_again
start_gateway
export_log export
stop_gateway TERM
echo "every store, each with its reason; of $flips bytes anywhere (seed $seed) $found_out found at the start, $borne borne"
