#!/usr/bin/env bash
# An old copy put back is not served: the guard outside the data directory says which entry is missing first.
# A missing guard is no way round it. The neighbouring convention is served all the while.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

neighbour=ctg-neighbour-2024-2029
found
enact $neighbour files/neighbour.json
start_gateway
join
stop_gateway TERM
cp -a data older
entries_of() { sqlite3 -readonly "$1/conventions/$slug/audit.db" 'select size from head'; }
start_gateway
approve
stop_gateway TERM
mv data newer
[[ $(entries_of newer) -gt $(entries_of older) ]] || fail "no more acts were done"

cp -a older data
behind=("$slug" LOG_BEHIND_GUARD "entry $(entries_of older) is missing" "seen $(entries_of newer) entries"
  "put back the newest copy")
start_refuses "${behind[@]}"
# Asking again changes nothing: no start makes the guard forget.
start_refuses "${behind[@]}"

rm -rf data
cp -a newer data
mv "data.guards/$slug.guard" files/guard
start_refuses "$slug" GUARD_MISSING "the log has $(entries_of newer) entries" "put the guard back"
rm -rf data
cp -a older data
start_refuses "$slug" GUARD_MISSING "put the guard back"

# A log of one convention under the name of another is refused by its guard too.
rm -rf data
cp -a newer data
cp -a "data.guards/$neighbour.guard" "data.guards/$slug.guard"
start_refuses "$slug"

# Put in order, it is served, and nothing was lost.
cp -a files/guard "data.guards/$slug.guard"
start_gateway
export_log export
[[ $(sed -n 2p export/checkpoint) -ge $(entries_of newer) ]] || fail "entries were lost"
stop_gateway TERM

# Alone on its machine: the gateway does not start at all.
rm -rf data "data.guards/$neighbour.guard"
cp -a older data
rm -rf "data/conventions/$neighbour"
expect 1 timeout 60 passerelle-gateway --data data --listen 127.0.0.1:0 --certificate ids/gateway.pem \
  --key ids/gateway.key --port-file files/port
[[ $complaint == *LOG_BEHIND_GUARD*"entry $(entries_of older) is missing"* ]] || fail "not said: $complaint"
echo "rollback and missing guards refused with the entry and the mend; the neighbour is served"
