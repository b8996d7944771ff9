#!/usr/bin/env bash
# An erasure that is interrupted is done again: the gateway is killed at the first, the third, … write to disk
# of the erasure of two payloads, one in the vault and one in a file of its own, until it goes through. Each
# time, after the restart, both are gone, in clear and as ciphertext, from every file; their receipts hold; the
# log says reached and erased once, and verifies.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

longest=48
found
start_gateway
join
approve

phase() { as sender --json transfer list 2>/dev/null | jq -r --arg name "$1" '.[] | select(.name == $name) | .row.phase'; }
are_erased() { [[ $(phase "$name") == erased && $(phase "$large") == erased ]]; }
killed_or_erased() { ! alive || are_erased; }
# stands HEX: whether these bytes stand in any file of the data directory.
stands() {
  [[ $(find data -type f -exec cat {} + | od -An -v -tx1 | tr -d ' \n' | grep -ciF "$1") -gt 0 ]]
}

kills=0
before=$(sqlite3 -readonly "data/conventions/$slug/audit.db" 'select size from head')
for nth in $(seq 1 2 $longest); do
  table files/doomed.csv $((2000 + nth))
  large_table files/large.csv $((2000 + nth))
  end=$(in_log_time 7)
  accepted as sender transfer send "$exchange" files/large.csv --party $fund --period $((2000 + nth)) \
    --destroy-after "$end"
  large=$(name_of)
  object=$(od -An -v -tx1 -N32 "data/conventions/$slug"/objects/* | tr -d ' \n')
  accepted as sender transfer send "$exchange" files/doomed.csv --party $fund --period $((2000 + nth)) \
    --destroy-after "$end"
  name=$(name_of)
  index=$(jq -r .index <<<"$answer") receipt=$(jq -r .receipt <<<"$answer")
  ciphertext=$(sqlite3 -readonly "data/conventions/$slug/vault.db" \
    "select hex(substr(ciphertext, 1, 32)) from items where place = $index << 20")
  for bytes in "$ciphertext" "$object"; do
    [[ ${#bytes} -eq 64 ]] && stands "$bytes" || fail "the ciphertext is not in the vault"
  done

  if ! kill_at_write "$nth"; then
    echo "this machine lets no process trace another: $(head -n 1 files/strace.said)"
    exit 77
  fi
  until_true 60 killed_or_erased 2>/dev/null || fail "neither killed nor erased: $(phase "$name") $(phase "$large")"
  if alive; then
    kill -INT "$strace_pid"
    wait "$strace_pid" || true
    survived=yes
  else
    killed
    kills=$((kills + 1))
    survived=no
    start_gateway
    until_true 60 are_erased || fail "kill $nth: not erased after the restart: $(phase "$name") $(phase "$large")"
  fi
  for bytes in "$ciphertext" "$object"; do
    ! stands "$bytes" || fail "kill $nth: the ciphertext still stands in a file"
  done
  [[ -z $(ls "data/conventions/$slug/objects") ]] || fail "kill $nth: an object stays"
  ! stands "$(tail -c 40 files/doomed.csv | od -An -v -tx1 | tr -d ' \n')" || fail "kill $nth: data stand in clear"
  expect 0 cli receipt verify "$receipt" --log-key "$vkey"
  refused "" as reader transfer fetch "$name" --out files/none
  [[ $survived == no ]] || break
done
[[ $survived == yes ]] || fail "after $longest kills an erasure still writes"
[[ $kills -ge 3 ]] || fail "only $kills kills: an erasure writes more than that"
export_log export
size=$(sed -n 2p export/checkpoint)
[[ $size -eq $((before + 6 * (kills + 1))) ]] ||
  fail "the log has $size entries, not $before and three of each of $((2 * (kills + 1))) transfers"
echo "$kills kills, each erasure logged and done once"
