#!/usr/bin/env bash
# The log's auditor reads a served log: its last entries, each new one, the consistency of any two sizes; and
# brings an export up to date. What the gateway says is held against a naive tree over the exported bytes.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

found
start_gateway --tiles 127.0.0.1:0
join
approve
transfer 2024
export_log export
before=$(<export/checkpoint)
entries=$(sed -n 2p export/checkpoint)

# The last entries, from any of them on; in full, all of them.
expect 0 as auditor audit tail --last 3
[[ $(wc -l <<<"$answer") -eq 3 && $answer == "$((entries - 3))  "* && $answer == *transfer_submitted* ]] ||
  fail "not the last three: $answer"
for last in 1 2 7 "$((entries - 1))" "$entries" 9999; do
  expect 0 as auditor audit tail --last "$last" --json
  [[ $(tail -n 1 <<<"$answer" | jq .index) -eq $((entries - 1)) ]] || fail "no end: $answer"
done
[[ $(wc -l <<<"$answer") -eq $entries && $(head -n 1 <<<"$answer" | jq -r '.acts[0].act') == convention_enacted ]] ||
  fail "not the whole log: $answer"
expect 0 as auditor audit tail --last 0
[[ -z $answer ]] || fail "more than asked for: $answer"
misused RANGE as auditor audit tail --last -1
refused NOT_LOG_AUDITOR as steward audit tail

# Each new one, as it comes.
as auditor audit tail --last 1 --follow --json >files/followed 2>files/complained &
follower=$!
trap 'kill "$follower" 2>/dev/null || true; finish' EXIT
follows() { [[ $(grep -c "$1" files/followed) -ge $2 ]]; }
until_true 60 follows transfer_submitted 1 || fail "nothing is followed: $(<files/complained)"
transfer 2025
until_true 60 follows transfer_submitted 2 || fail "the new entry is not told: $(<files/followed) $(<files/complained)"
transfer 2026
until_true 60 follows transfer_submitted 3 || fail "the next entry is not told: $(<files/followed)"
[[ $(jq -s 'map(.index) == [range(.[0].index; .[-1].index + 1)]' files/followed) == true ]] ||
  fail "an entry is missing or told twice: $(<files/followed)"

# The same folder again: up to date, nothing of the earlier size left; again, and nothing changes.
export_log export
[[ $(<export/checkpoint) != "$before" && ! -e export/tile/entries/000.p/$entries ]] || fail "not brought up to date"
cp -a export again
export_log again
diff -r export again || fail "an export that is up to date changed"
# Not into something else, nor into another log's.
mkdir other
echo 'synthetic' >other/file
misused EXPORT_NOT_EMPTY as auditor audit export other
sed -i 's/^./x/' again/log.vkey
misused EXPORT_OTHER_LOG as auditor audit export again

# Any two sizes, asked by any partner.
entries=$(sed -n 2p export/checkpoint)
for sizes in "1 1" "1 $entries" "3 8" "8 8" "$((entries - 1)) $entries" "$entries $entries"; do
  read -r from to <<<"$sizes"
  expect 0 as reader audit consistency "$from" "$to" --json
  echo "$answer" >files/consistency
  /usr/bin/python3 - export/tile/entries/000.p/* files/consistency <<'PYTHON' || fail "$from to $to: $answer"
import base64, hashlib, json, sys

bundle, told = open(sys.argv[1], "rb").read(), json.load(open(sys.argv[2]))
entries = []
while bundle:
    end = 2 + int.from_bytes(bundle[:2], "big")
    entries.append(bundle[2:end])
    bundle = bundle[end:]

def root(of):
    if len(of) == 1:
        return hashlib.sha256(b"\0" + of[0]).digest()
    k = 1 << (len(of) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root(of[:k]) + root(of[k:])).digest()

def subproof(m, of, whole):
    if m == len(of):
        return [] if whole else [root(of)]
    k = 1 << (len(of) - 1).bit_length() - 1
    if m <= k:
        return subproof(m, of[:k], whole) + [root(of[k:])]
    return subproof(m - k, of[k:], False) + [root(of[:k])]

text = lambda digest: base64.b64encode(digest).decode()
assert told["from_root"] == text(root(entries[:told["from"]]))
assert told["to_root"] == text(root(entries[:told["to"]]))
proof = subproof(told["from"], entries[:told["to"]], True)
assert told["consistency"] == [text(digest) for digest in proof]
PYTHON
done
for sizes in "0 1" "8 3" "1 $((entries + 1000))" "-1 3"; do
  read -r from to <<<"$sizes"
  refused RANGE as reader audit consistency -- "$from" "$to"
done

# The same files over HTTPS, for the same eyes, as in a fresh export.
export_log fresh
tiles=https://localhost:$(jq -r 'select(.event == "tiles_ready").port' <files/gateway.log)
get() { # get WHO PATH
  curl -sS --cacert pki/ca.pem --cert "ids/$1.pem" --key "ids/$1.key" -o files/got -w '%{http_code}' "$tiles/$2"
}
while read -r file; do
  [[ $(get auditor "$log/$file") == 200 ]] || fail "$file: $(<files/got)"
  cmp files/got "fresh/$file"
done < <(cd fresh && find checkpoint tile -type f)
[[ $(get reader "$log/checkpoint") == 200 ]] || fail "the checkpoint is for every partner: $(<files/got)"
for path in tile/0/000.p/5 tile/entries/000.p/5; do
  [[ $(get reader "$log/$path") == 403 && $(<files/got) == NOT_LOG_AUDITOR* ]] || fail "$path is read by a partner"
done
for path in tile/entries/000 tile/0/001.p/1 tile/0/000.p/0 tile/0/000.p/256 tile/00/000.p/1 tile/64/000 tile/8/000 \
  tile/0/x000/000.p/1 tile/0/000/ tile/0 entries/000.p/1 checkpoint/ "" ../checkpoint; do
  [[ $(get auditor "$log/$path") == 404 ]] || fail "$path is there: $(<files/got)"
done
[[ $(get auditor "00$log/checkpoint") == 404 && $(get auditor x/checkpoint) == 404 ]] || fail "a foreign log is served"
! curl -sS --cacert pki/ca.pem "$tiles/$log/checkpoint" >/dev/null 2>&1 || fail "served without a certificate"
issue stranger person
[[ $(get stranger "$log/checkpoint") == 401 ]] || fail "served to a key that nobody enrolled"
stop_gateway TERM
echo "$entries entries read, followed, proved and exported twice"
