#!/usr/bin/env bash
# The doctor finds each of what goes wrong first at a new installation, names it, names the mend, and finds
# nothing where nothing is wrong: at a partner's under a profile, at the operator's beside the gateway.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

neighbour=ctg-neighbour-2024-2029
people+=(idle)
found
issue stranger person
enact $neighbour files/neighbour.json
start_gateway
join
profile stranger "localhost:$port"
# Enrolled, and mandated by nobody.
request idle person
expect 0 as representative agent enrol files/idle.request.json --party $fund
approve

# finds AREA CODE COMMAND...: that check fails with that code; healthy COMMAND...: none fails.
finds() {
  local area=$1 code=$2
  shift 2
  expect 1 "$@" --json
  line=$(jq -r --arg area "$area" '.checks[] | select(.area == $area and .state == "fail") | .code' <<<"$answer")
  [[ $line == *"$code"* ]] || fail "no $code at $area from $*: ${answer:0:1500}"
  [[ -z $(jq -r '.checks[] | select(.state != "ok" and .text == "")' <<<"$answer") ]] || fail "no words: $answer"
}
healthy() {
  expect 0 "$@" --json
  [[ $(jq .failures <<<"$answer") -eq 0 ]] || fail "not healthy: $answer"
}
# at_time SHIFT ARGUMENT...: the CLI by a clock that is wrong by SHIFT. Not where a sanitizer watches: libfaketime
# hangs in its programs.
at_time() {
  local shift=$1
  shift
  faketime -f "$shift" "$build/gateway/cli/passerelle" --lang en "$@"
}
# altered NAME FILTER: the steward's profile, changed by jq, as ids/NAME.json.
altered() { jq "$2" ids/steward.json >"ids/$1.json"; }

# ---- a partner ----------------------------------------------------------------------------------------
healthy as steward doctor
for area in profile key certificate port gateway-certificate anchor tls log enrolment mandate dpo clock; do
  [[ $(jq -r --arg area $area '[.checks[] | select(.area == $area and .state == "ok")] | length' <<<"$answer") -ge 1 ]] ||
    fail "$area is not looked at: $answer"
done
expect 0 as steward doctor
[[ $answer == *", 0 failed, "* ]] || fail "no count: $answer"

finds profile FILE_MISSING cli --profile ids/none.json doctor
altered port '.target = "localhost"'
finds profile ADDRESS_FORM as port doctor

# Key permissions, and a passphrase that is missing or wrong.
cp ids/steward.key ids/open.key
chmod 644 ids/open.key
altered open '.key_file = "open.key"'
finds key KEY_PERMISSIONS as open doctor
(umask 077; echo 'correct horse' >ids/passphrase; echo 'battery staple' >ids/wrong)
install -m 600 ids/steward.key ids/closed.key
expect 0 cli agent key encrypt ids/closed.key --passphrase-file ids/passphrase
altered closed '.key_file = "closed.key"'
finds key KEY_ENCRYPTED as closed doctor
altered wrong '.key_file = "closed.key" | .passphrase_file = "wrong"'
finds key KEY_PASSPHRASE as wrong doctor
altered right '.key_file = "closed.key" | .passphrase_file = "passphrase"'
healthy as right doctor

# Certificates: expired, not valid yet, another key's.
if [[ -z $sanitized ]]; then
  issued=(pki issue --ca pki --agent "${agent[steward]}" --convention $slug --environment test)
  cp ids/steward.key ids/soon.key
  cp ids/steward.key ids/early.key
  at_time '-23h' "${issued[@]}" --out ids/soon --days 1 >/dev/null
  at_time '+2h' "${issued[@]}" --out ids/early --days 1 >/dev/null
  altered soon '.certificate_file = "soon.pem"'
  healthy as soon doctor
  [[ $answer == *certificate-soon* ]] || fail "no warning before the end: $answer"
  altered early '.certificate_file = "early.pem"'
  finds certificate certificate-not-yet as early doctor
  finds certificate certificate-expired at_time '+2h' --profile ids/soon.json doctor
fi
altered other '.certificate_file = "dpo.pem"'
finds certificate certificate-of-another as other doctor

# The way: host, port, TLS, name, anchor, a certificate that the gateway does not take.
altered host '.target = "no-such-host.invalid:8443"'
finds port host-unknown as host doctor
altered closed-port '.target = "localhost:1"'
finds port port-closed as closed-port doctor
/usr/bin/python3 -m http.server --bind 127.0.0.1 0 >files/http 2>&1 &
http_pid=$!
until_true 20 grep -q 'port [0-9]' files/http || fail "no web server"
http_port=$(sed -n 's/.*port \([0-9]*\).*/\1/p' files/http | head -n 1)
altered http ".target = \"localhost:$http_port\""
finds tls tls-none as http doctor
kill "$http_pid"
cli pki init foreign --name "Passerelle TEST" >/dev/null
altered anchor '.ca_file = "../foreign/ca.pem"'
finds anchor gateway-untrusted as anchor doctor
cp ids/steward.key ids/foreign.key
expect 0 cli pki issue --ca foreign --out ids/foreign --agent "${agent[steward]}" --convention $slug \
  --environment test
altered foreign '.certificate_file = "foreign.pem"'
finds tls tls-refused as foreign doctor

# The log, the key, the mandates.
altered log '.log = ("ab" * 32)'
finds log log-name as log doctor
[[ $answer == *"$log"* ]] || fail "it does not name the log that is served: $answer"
finds enrolment key-unknown as stranger doctor
finds mandate mandate-none as idle doctor
expect 0 as reader doctor --json
[[ $answer == *dpo-none-yet* ]] || fail "a party without DPO is not told: $answer"

# The clock.
if [[ -z $sanitized ]]; then
  finds clock clock-off at_time '+10m' --profile ids/steward.json doctor
  [[ $answer == *"+60"[0-9]* || $answer == *"+59"[0-9]* ]] || fail "not by how much: $answer"
fi

# A DPO's mandate that ends leaves a holder without.
mandate=$(as steward mandate list --json |
  jq -r '.[] | select(.row.role == "dpo" and .row.party == "'$fund'") | .name' | head -n 1)
expect 0 as representative mandate end "$mandate" --party $fund
finds dpo dpo-none as steward doctor
expect 0 as steward agent stop "${fingerprint[steward]}" --party $fund --cause lost
finds enrolment key-stopped as steward doctor

# In French too, and on one line each.
expect 1 passerelle --lang fr --profile ids/steward.json doctor
[[ $answer == *"cette clé est arrêtée"*"→"* ]] || fail "not in French: $answer"

# ---- the operator -------------------------------------------------------------------------------------
cat >files/gateway.toml <<TOML
data = "$tmp/data"
guards = "$tmp/data.guards"
listen = "127.0.0.1:$port"
certificate = "$tmp/ids/gateway.pem"
key = "$tmp/ids/gateway.key"
TOML
operator() { cli doctor --config files/gateway.toml --least-mib 1 "$@"; }
# The fund has lost its DPO above.
finds dpo dpo-none operator
expect 0 as representative mandate give --party $fund --agent "${agent[dpo]}" --role dpo --from "$today" \
  --person files/person.txt
healthy operator
for area in configuration disk clock keys convention guard dpo gateway-certificate gateway-name server-key server; do
  [[ $answer == *"\"$area\""* ]] || fail "$area is not looked at: $answer"
done

finds disk disk-full cli doctor --data data --least-mib 1000000000
chmod 644 "data/conventions/$slug/keys/statement.key"
finds keys keys-open operator
chmod 600 "data/conventions/$slug/keys/statement.key"
mv "data/conventions/$slug/keys/statement.key" files/
finds keys keys-missing operator
mv files/statement.key "data/conventions/$slug/keys/"

# A certificate that was renewed and not loaded; one for no host; one whose days are over.
cp ids/gateway.pem files/gateway.pem
expect 0 cli pki issue --ca pki --out ids/gateway --dns localhost
finds server server-other-certificate operator
cp files/gateway.pem ids/gateway.pem
finds gateway-name server-nameless cli doctor --certificate ids/steward.pem --key ids/steward.key
finds server-key certificate-of-another cli doctor --certificate ids/gateway.pem --key ids/steward.key

# At another name than its certificate's, the gateway is told from an impostor.
stop_gateway TERM
expect 0 cli doctor --config files/gateway.toml --least-mib 1 --json
[[ $answer == *server-silent* ]] || fail "a gateway that is down is not told: $answer"
cli pki issue --ca pki --out ids/elsewhere --dns elsewhere.example >/dev/null
certificate=ids/elsewhere
start_gateway
finds gateway-name gateway-name as auditor doctor
[[ $answer == *elsewhere.example* ]] || fail "it does not say which name: $answer"
certificate=ids/gateway
stop_gateway TERM

# Guards and logs.
cp -a data older
cp -a "data.guards/$slug.guard" files/guard
start_gateway
transfer 2024
stop_gateway TERM
mv data newer
cp -a older data
finds guard log-behind-guard operator
rm -rf data
mv newer data
mv "data.guards/$slug.guard" files/newest
finds guard guard-missing operator
cp files/newest "data.guards/$slug.guard"
healthy operator

# A convention that the gateway does not load, seen by its partner; the neighbour is served.
mv "data.guards/$slug.guard" files/newest
start_gateway
finds log log-not-served as auditor doctor
stop_gateway TERM
cp files/newest "data.guards/$slug.guard"

# A log that somebody altered, and a clock that runs behind it.
healthy operator
[[ -n $sanitized ]] || finds clock clock-behind-log at_time '-1d' doctor --data data --least-mib 1
sqlite3 "data/conventions/$slug/audit.db" "update entries set bytes = cast(bytes || x'00' as blob) where idx = 3"
finds convention LOG_ROOT operator
expect 1 cli doctor --data nothing
[[ $answer == *"no convention"* ]] || fail "an empty folder is not told: $answer"
echo "every ailment found, named and mended"
