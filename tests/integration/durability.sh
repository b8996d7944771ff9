#!/usr/bin/env bash
# What the gateway acknowledged was durable before it said so. It is traced while it takes acts one after another,
# opinions and decisions, transfers in the request and as streams, a ruling, a handover, a freeze, and while it destroys
# two payloads.
# Of every act the trace shows that the vault's write-ahead log was synced, then the log's, then the answer began, and
# that whoever wrote left nothing unsynced at that moment; of contents in files, that their bytes and names were synced
# before the log named them, and that they were gone for good before the log said so.
# That no signature left before its commit shows in this: while a commit is written and not yet synced, no client is
# sent as many bytes as a checkpoint has. What is sent is encrypted, so its length speaks for it. When a signature was
# made no trace shows; gateway/core/io_sweep_test holds what was signed against what a crash left.
# The judge is tests/support/synced_trace.py. It is shown this very trace without a sync, with one after the answer,
# with an answer before it, for each act, and has to object to each.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

judge() { /usr/bin/python3 "$root/tests/support/synced_trace.py" "$@"; }

found
start_gateway
join
declare_dataset
propose --to $town
exchange=$(name_of)

calls=$(sed -n 's/^CALLS = "\(.*\)"$/\1/p' "$root/tests/support/synced_trace.py")
strace -f -y -p "$gateway_pid" -o files/trace -e "trace=$calls" 2>files/strace.said &
strace_pid=$!
until_true 20 strace_spoke
if ! grep -q attached files/strace.said; then
  echo "this machine lets no process trace another: $(head -n 1 files/strace.said)"
  exit 77
fi

# act COMMAND...: one that is acknowledged.
acts=0
act() {
  accepted "$@"
  acts=$((acts + 1))
}
act as dpo exchange opinion "$exchange" --party $fund --opinion favourable --release each_ruled \
  --reasons files/reasons.txt
act as decider exchange decide "$exchange" --party $fund --verdict approved --reasons files/reasons.txt
act as steward register record "$exchange" --party $fund --reference ctg/enfants \
  --legal-basis public_task --review-on $last_day --sheet "$sheet"
table files/small.csv 2024
act as sender transfer send "$exchange" files/small.csv --party $fund --period 2024
small=$(name_of)
table files/refused.csv 2025
act as sender transfer send "$exchange" files/refused.csv --party $fund --period 2025
refused=$(name_of)
large_table files/large.csv 2026
act as sender transfer send "$exchange" files/large.csv --party $fund --period 2026
large=$(name_of)
act as dpo transfer rule "$small" --party $fund --ruling released
act as reader transfer fetch "$small" --out files/fetched.csv
act as reader transfer ack "$small" --party $town
act as dpo exchange freeze "$exchange" --party $fund --reasons files/reasons.txt
act as steward exchange unfreeze "$(name_of)" --party $fund --reasons files/reasons.txt

# Refused, they are destroyed while the next one is answered. The gateway is not asked for it: its answers would come
# between.
has_entries() { [[ $(sqlite3 -readonly "data/conventions/$slug/audit.db" 'select size from head') -eq $1 ]]; }
for transfer in "$refused" "$large"; do
  accepted as dpo transfer rule "$transfer" --party $fund --ruling refused --reasons files/reasons.txt
  until_true 60 has_entries $(($(field index) + 2)) || fail "not erased: $transfer"
done
kill -INT "$strace_pid"
wait "$strace_pid" || true

grep -q 'unlink(.*/objects/' files/trace || fail "no object was removed"
expect 0 judge check files/trace $acts
said=$answer
expect 0 judge doctor files/trace $acts
changed=$answer
[[ $changed -ge $((5 * acts)) ]] || fail "the judge was shown only $changed changed traces"
export_log export
echo "$said, each synced before its answer; the judge objected to all of $changed changed traces"
