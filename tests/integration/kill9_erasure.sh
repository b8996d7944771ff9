#!/usr/bin/env bash
# An erasure that is interrupted is done again: the gateway is killed at the first, the second, … write to
# disk of an erasure, until one goes through. Each time, after the restart, the payload is gone, in clear and
# as ciphertext, from every file; its receipt holds; the log says reached and erased once, and verifies.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

longest=24
found
start_gateway
join
approve

phase() { as sender --json transfer list 2>/dev/null | jq -r --arg name "$1" '.[] | select(.name == $name) | .row.phase'; }
is_erased() { [[ $(phase "$1") == erased ]]; }
killed_or_erased() { ! alive || is_erased "$1"; }
# stands HEX: whether these bytes stand in any file of the data directory.
stands() {
  [[ $(find data -type f -exec cat {} + | od -An -v -tx1 | tr -d ' \n' | grep -ciF "$1") -gt 0 ]]
}

kills=0
before=$(sqlite3 -readonly "data/conventions/$slug/audit.db" 'select size from head')
for nth in $(seq $longest); do
  table files/doomed.csv $((2000 + nth))
  accepted as sender transfer send "$exchange" files/doomed.csv --party $fund --period $((2000 + nth)) \
    --destroy-after "$(in_log_time 5)"
  name=$(name_of)
  index=$(jq -r .index <<<"$answer") receipt=$(jq -r .receipt <<<"$answer")
  ciphertext=$(sqlite3 -readonly "data/conventions/$slug/vault.db" \
    "select hex(substr(ciphertext, 1, 32)) from items where place = $index << 20")
  [[ ${#ciphertext} -eq 64 ]] && stands "$ciphertext" || fail "the ciphertext is not in the vault"

  if ! kill_at_write "$nth"; then
    echo "this machine lets no process trace another: $(head -n 1 files/strace.said)"
    exit 77
  fi
  until_true 30 killed_or_erased "$name" 2>/dev/null || fail "neither killed nor erased: $(phase "$name")"
  if alive; then
    kill -INT "$strace_pid"
    wait "$strace_pid" || true
    survived=yes
  else
    killed
    kills=$((kills + 1))
    survived=no
    start_gateway
    until_true 30 is_erased "$name" || fail "kill $nth: not erased after the restart: $(phase "$name")"
  fi
  ! stands "$ciphertext" || fail "kill $nth: the ciphertext still stands in a file"
  ! stands "$(tail -c 40 files/doomed.csv | od -An -v -tx1 | tr -d ' \n')" || fail "kill $nth: data stand in clear"
  expect 0 cli receipt verify "$receipt" --log-key "$vkey"
  refused "" as reader transfer fetch "$name" --out files/none
  [[ $survived == no ]] || break
done
[[ $survived == yes ]] || fail "after $longest kills an erasure still writes"
[[ $kills -ge 3 ]] || fail "only $kills kills: an erasure writes more than that"
export_log export
size=$(sed -n 2p export/checkpoint)
[[ $size -eq $((before + 3 * (kills + 1))) ]] ||
  fail "the log has $size entries, not $before and three of each of $((kills + 1)) transfers"
echo "$kills kills, each erasure logged and done once"
