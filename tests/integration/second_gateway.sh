#!/usr/bin/env bash
# One data directory has one gateway: a second is refused and says what to do, so is `init`, and the first
# keeps serving. SIGTERM drains it; a restart serves the same log, under whatever the same folder is called.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

found
start_gateway
join
parties() { expect 0 as auditor party list --json; jq length <<<"$answer"; }
[[ $(parties) -eq 6 ]] || fail "the first gateway does not serve"

second() {
  timeout 60 passerelle-gateway --data "$1" "${@:2}" --listen 127.0.0.1:0 --certificate ids/gateway.pem \
    --key ids/gateway.key --port-file files/second-port
}
ln -s data link
for folder in data "$tmp/data" link; do
  expect 1 second "$folder" --guards data.guards
  [[ $complaint == *LOCKED* ]] || fail "no LOCKED: $complaint"
  [[ $complaint == *"another process"* ]] || fail "the refusal does not say who holds the folder: $complaint"
done
# Other guards do not make it another folder.
expect 1 second data --guards other.guards
[[ $complaint == *LOCKED* ]] || fail "no LOCKED: $complaint"
[[ ! -e files/second-port ]] || fail "the second gateway listened"
expect 1 cli init --data data --enact files/founding.json
[[ $complaint == *LOCKED* ]] || fail "init is not refused: $complaint"
expect 1 cli init --data data --convention "$root/tests/testdata/conventions/ctg-testville.textproto" \
  --settings "$root/tests/testdata/conventions/ctg-testville.settings.textproto" --origin other/test \
  --founder "secretariat:$town:${agent[secretariat-a]}:ids/secretariat-a.spki"
[[ $complaint == *LOCKED* ]] || fail "a new founding is not refused: $complaint"
[[ $(parties) -eq 6 ]] || fail "the first gateway no longer serves"

approve
transfer 2024
sent=$(name_of)
stop_gateway TERM
[[ $stopped -eq 0 ]] || fail "SIGTERM ended it with $stopped"
for event in server_draining server_stopped; do
  grep -q "\"$event\"" files/gateway.log || fail "the log does not say $event"
done
expect 3 as auditor party list

start_gateway
expect 0 as reader transfer fetch "$sent" --out files/fetched.csv
cmp files/2024.csv files/fetched.csv || fail "the fetched file differs"
export_log export
stop_gateway INT
[[ $stopped -eq 0 ]] || fail "SIGINT ended it with $stopped"
# Nobody holds the folder: `init` now says what is really the matter.
refused ENACTED cli init --data data --enact files/founding.json
echo "second gateway and init refused; drained, restarted, served"
