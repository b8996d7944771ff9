#!/usr/bin/env bash
# A key that calls too often is told to wait, and costs nobody else anything: other keys of its party go on, a
# freeze goes through, and once it waited it is served again. Metrics count what was turned away.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

found
start_gateway
join
approve
stop_gateway TERM
# Twenty calls at once and two a second for each key, thirty for each party.
start_gateway --key-rate 2 --party-rate 3 --metrics 127.0.0.1:0

calls=0
exceeded() {
  calls=$((calls + 1))
  expect_any as sender convention show --json
  [[ $code -eq 3 && $complaint == *QUOTA_EXCEEDED* ]]
}
expect_any() {
  code=0
  answer=$("$@" 2>files/complaint) || code=$?
  complaint=$(<files/complaint)
}
for _ in $(seq 200); do exceeded && break; done
[[ $complaint == *QUOTA_EXCEEDED* ]] || fail "$calls calls were all answered"
[[ $complaint == *request* || $complaint == *demande* ]] || fail "no number to ask the operator about: $complaint"

# Somebody else of the same party, at once.
accepted as dpo exchange freeze "$exchange" --party $fund --reasons files/reasons.txt
# The flooded key itself, later.
served() { as sender convention show --json >/dev/null 2>&1; }
until_true 60 served || fail "never served again"

port=$(jq -r 'select(.event == "metrics_ready").port' <files/gateway.log | tail -n 1)
said=$(curl -fsS "http://127.0.0.1:$port/metrics")
grep -q '^passerelle_calls_total{code="RESOURCE_EXHAUSTED",method="[A-Za-z]*"} [1-9]' <<<"$said" ||
  fail "not counted: $(grep passerelle_calls_total <<<"$said")"
stop_gateway TERM
echo "turned away after $calls calls"
