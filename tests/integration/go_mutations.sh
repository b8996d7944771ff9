#!/usr/bin/env bash
# Every byte counts: the export of a whole small exchange, of at most 20 entries, is accepted by Go's own
# packages and rejected after a change of any byte of an entry, a tile or the checkpoint's text.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

build_go verify
found
start_gateway
join
approve
transfer 2024
sent=$(name_of)
expect 0 as reader transfer fetch "$sent" --out files/fetched.csv
cmp files/2024.csv files/fetched.csv || fail "the fetched file differs"
accepted as reader transfer ack "$sent" --party $town
export_log export

expect 0 ./verify --vkey "$vkey" --mutate export
[[ $answer == accepted:*rejected:*mutations* ]] || fail "unexpected verdict: $answer"
entries=$(sed -n 2p export/checkpoint)
[[ $entries -gt 10 && $entries -le 20 ]] || fail "the log has $entries entries"
echo "$entries entries; ${answer#*$'\n'}"
