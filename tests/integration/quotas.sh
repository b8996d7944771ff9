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
# Forty calls at once and four a second for each key, sixty for each party.
start_gateway --key-rate 4 --party-rate 6 --metrics 127.0.0.1:0

# The key itself, as fast as one connection goes: a command each would be too slow for a quota where a sanitizer
# watches.
/usr/bin/python3 - "$tmp/ids/sender.json" <<'FLOOD' >files/flood 2>&1 &
import grpc, json, os, sys
pins = json.loads(open(sys.argv[1]).read())
read = lambda name: open(os.path.join(os.path.dirname(sys.argv[1]), pins[name + "_file"]), "rb").read()
channel = grpc.secure_channel(pins["target"], grpc.ssl_channel_credentials(*map(read, ("ca", "key", "certificate"))))
show = channel.unary_unary("/passerelle.gateway.v1.ConventionService/GetConvention")
request = b"\x0a\x20" + bytes.fromhex(pins["log"])
refused = 0
while True:
    try:
        show(request, timeout=60)
    except grpc.RpcError as fault:
        assert fault.code() == grpc.StatusCode.RESOURCE_EXHAUSTED, fault
        refused += 1
        if refused == 100:
            print("a hundred refused", flush=True)
FLOOD
flood=$!
flooded() { grep -q "a hundred refused" files/flood; }
until_true 120 flooded

# A person's command with that key meanwhile: a call may come free between two of the flood.
exceeded() {
  code=0
  as sender convention show --json >/dev/null 2>files/complaint || code=$?
  complaint=$(<files/complaint)
  [[ $code -eq 3 && $complaint == *QUOTA_EXCEEDED* ]]
}
until_true 60 exceeded
[[ $complaint == *request* || $complaint == *demande* ]] || fail "no number to ask the operator about: $complaint"

# Somebody else of the same party, at once.
accepted as dpo exchange freeze "$exchange" --party $fund --reasons files/reasons.txt
# The flooded key itself, once it has kept still for some seconds: asking all the while would use up what comes.
kill "$flood"
wait "$flood" || true
stilled=$SECONDS
kept_still() { [[ $SECONDS -ge $((stilled + 3)) ]]; }
until_true 60 kept_still
expect 0 as sender convention show --json

port=$(jq -r 'select(.event == "metrics_ready").port' <files/gateway.log | tail -n 1)
said=$(curl -fsS "http://127.0.0.1:$port/metrics")
grep -q '^passerelle_calls_total{code="RESOURCE_EXHAUSTED",method="[A-Za-z]*"} [1-9]' <<<"$said" ||
  fail "not counted: $(grep passerelle_calls_total <<<"$said")"
stop_gateway TERM
