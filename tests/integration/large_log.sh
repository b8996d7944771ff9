#!/usr/bin/env bash
# A log grows tenfold and memory does not: it opens from its snapshot and from every entry, and serves proofs of any
# place, each verified. 50,000 entries; PASSERELLE_LOG_ENTRIES says how many (--long: ten million).
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

entries=${PASSERELLE_LOG_ENTRIES:-50000}
# Of the bounded cache of tiles, of SQLite's and of what a start reads at a time, never of the log.
most_growth_kib=$((32 * 1024))
# A sanitizer keeps what is freed.
[[ -z $sanitized ]] || most_growth_kib=$((1024 * 1024))
mkdir large
# grow_log VERB NUMBER: entries and peak memory are in $size and $peak.
grow_log() {
  local said
  said=$("$build/tests/support/passerelle_grow_log" large "$@") || fail "$* ended with $?"
  read -r size peak <<<"$said"
}

grow_log grow $((entries / 10))
grow_log check 500
small_start=$peak
grow_log replay 10
small_replay=$peak
grow_log grow "$entries"
[[ $size -eq $entries ]] || fail "$size entries"
grow_log check 500
[[ $peak -le $((small_start + most_growth_kib)) ]] || fail "a start holds $peak KiB, with a tenth $small_start"
echo "start from the snapshot: $peak KiB, with a tenth $small_start KiB"
grow_log replay 10
[[ $peak -le $((small_replay + most_growth_kib)) ]] || fail "a replay holds $peak KiB, with a tenth $small_replay"
echo "replay of $entries entries: $peak KiB, with a tenth $small_replay KiB"
