#!/usr/bin/env bash
# An old copy put back is not served: the guard outside the data directory names the entries that are missing.
# A missing guard is no way round it. The neighbour's convention is served all the while.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

found
enact ctg-neighbour-2024-2029 files/neighbour.json
start_gateway
join
stop_gateway TERM
cp -a data older
joined=$(sqlite3 -readonly "data/conventions/$slug/audit.db" 'select count(*) from entries')
echo TODO $joined; ls -R data.guards data
sqlite3 -readonly "data/conventions/$slug/audit.db" .schema
start_gateway
approve
stop_gateway TERM
cp -a data newer
rm -rf data; cp -a older data
start_gateway; cat files/gateway.log | tail -4
as auditor party list || true
stop_gateway TERM
rm -rf data.guards/$slug*
rm -rf data; cp -a newer data
start_gateway; cat files/gateway.log | tail -4
