#!/usr/bin/env bash
# Who may speak to the gateway, and to whom a client speaks: TLS 1.3 only, a client certificate of the pinned
# authority and in its days only, no session that outlives a stopped key, nothing in clear; a gateway of the
# right name and authority, in its days and over TLS 1.3 only. A certified key that nobody enrolled gets a
# reason, and so does every client that turns away.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

found
issue stranger person
services+=(stranger)
start_gateway
join

# hello ARGUMENTS...: a handshake, then bytes that are no HTTP/2, so that the gateway ends the call whatever
# it thought of the handshake. Whom it lets in is told its HTTP/2 settings: $heard counts those bytes.
hello() {
  local ended=0
  printf 'this is no request, and long enough to be read as a preface of HTTP/2' |
    timeout 20 openssl s_client -connect "localhost:$port" -servername localhost -alpn h2 \
      -CAfile pki/ca.pem -verify_return_error -quiet "$@" >files/heard 2>files/said || ended=$?
  [[ $ended -ne 124 ]] || fail "no end of a handshake with: $*"
  heard=$(stat -c %s files/heard)
}
# let_in, shut_out WHAT ARGUMENTS...
let_in() {
  hello "${@:2}"
  [[ $heard -gt 0 ]] || fail "$1 should be let in: $(tail -n 3 files/said)"
}
shut_out() {
  hello "${@:2}"
  [[ $heard -eq 0 ]] || fail "$1 should be shut out"
}
identity() { printf '%s\n' -cert "$1.pem" -key "$1.key"; }
mapfile -t ours < <(identity ids/auditor)

let_in "an enrolled key over TLS 1.3" -tls1_3 "${ours[@]}" -sess_out files/session
[[ ! -s files/session ]] || fail "a session to resume was offered"
shut_out "TLS 1.2" -tls1_2 "${ours[@]}"
shut_out "TLS 1.1" -tls1_1 -cipher ALL:@SECLEVEL=0 "${ours[@]}"
shut_out "nobody" -tls1_3

cli pki init foreign --name "Passerelle TEST" >/dev/null
expect 0 cli pki issue --ca foreign --out ids/foreign --convention $slug --environment test --kind person \
  --agent "${agent[auditor]}"
mapfile -t theirs < <(identity ids/foreign)
shut_out "a foreign authority of the same name" -tls1_3 "${theirs[@]}"

# In clear: the preface of HTTP/2 and its first frame get no word of HTTP/2 back.
printf 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0' >files/preface
exec 3<>"/dev/tcp/localhost/$port"
cat files/preface >&3
ended=0
timeout 20 cat <&3 >files/heard 2>/dev/null || ended=$?
exec 3>&-
[[ $ended -ne 124 ]] || fail "the gateway waits for more in clear"
# Nothing, or an alert of TLS.
[[ ! -s files/heard || $(od -An -tx1 -N1 files/heard) == *15* ]] || fail "an answer in clear: $(od -c files/heard | head -n 3)"

# dated FROM UNTIL [WHO USAGE NAME]: a certificate of our authority with those dates, the auditor's or a
# server's, for the key of WHO.
dated() {
  local who=${3:-auditor} usage=${4:-clientAuth} name=${5:-URI:spiffe://$slug/test/agent/${agent[auditor]}}
  : >files/index
  cat >files/ca.cnf <<END
[ca]
default_ca = ours
[ours]
database = files/index
new_certs_dir = files
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = client
[any]
commonName = supplied
[client]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = $usage
subjectAltName = $name
END
  openssl req -new -key "ids/$who.key" -subj "/CN=$who" -out files/dated.csr 2>files/openssl.log
  openssl ca -batch -config files/ca.cnf -cert pki/ca.pem -keyfile pki/ca.key -in files/dated.csr \
    -out ids/dated.pem -notext -startdate "$1" -enddate "$2" 2>>files/openssl.log ||
    fail "openssl ca: $(tail -n 3 files/openssl.log)"
  cp "ids/$who.key" ids/dated.key
}
mapfile -t dated < <(identity ids/dated)
stamp() { date -u -d "$1" +%Y%m%d%H%M%SZ; }
dated "$(stamp '1 hour ago')" "$(stamp '1 day')"
let_in "a certificate of these days" -tls1_3 "${dated[@]}"
dated "$(stamp '2 days ago')" "$(stamp '1 hour ago')"
shut_out "an expired certificate" -tls1_3 "${dated[@]}"
dated "$(stamp '1 day')" "$(stamp '2 days')"
shut_out "a certificate of tomorrow" -tls1_3 "${dated[@]}"
mapfile -t server < <(identity ids/gateway)
shut_out "a server's certificate" -tls1_3 "${server[@]}"

# ---- through the client -----------------------------------------------------------------------------
expect 0 as auditor party list
refused KEY_NOT_ENROLLED as stranger party list
jq '.ca_file = "../foreign/ca.pem"' ids/auditor.json >ids/misled.json
refused "GATEWAY_UNTRUSTED ca_file" as misled party list
jq --arg target "http://localhost:$port" '.target = $target' ids/auditor.json >ids/misled.json
expect 3 as misled party list
cp ids/foreign.pem ids/other.pem
jq '.certificate_file = "other.pem"' ids/auditor.json >ids/misled.json
expect 2 as misled party list
[[ $complaint == *KEY_MISMATCH* ]] || fail "no KEY_MISMATCH: $complaint"

export_log export
stop_gateway TERM
# turns_away EXIT REASON AILMENT: the client does not speak to what answers at $port, and the doctor names why.
turns_away() {
  expect "$1" as auditor party list
  [[ $complaint == *"$2"* ]] || fail "no $2: $complaint"
  expect 1 as auditor doctor --json
  [[ $answer == *"\"$3\""* ]] || fail "the doctor does not find $3: $answer"
}
cli pki issue --ca pki --out ids/elsewhere --dns elsewhere.example >/dev/null
certificate=ids/elsewhere
start_gateway
let_in "the gateway of another name" -tls1_3 "${ours[@]}"
turns_away 1 GATEWAY_UNTRUSTED gateway-name
stop_gateway TERM
certificate=ids/dated
dated "$(stamp '2 days ago')" "$(stamp '1 hour ago')" gateway serverAuth DNS:localhost
start_gateway
turns_away 1 GATEWAY_UNTRUSTED gateway-expired
stop_gateway TERM
dated "$(stamp '1 day')" "$(stamp '2 days')" gateway serverAuth DNS:localhost
start_gateway
turns_away 1 GATEWAY_UNTRUSTED gateway-not-yet
stop_gateway TERM
cli pki issue --ca foreign --out ids/foreign-gateway --dns localhost >/dev/null
certificate=ids/foreign-gateway
start_gateway
turns_away 1 GATEWAY_UNTRUSTED gateway-untrusted
stop_gateway TERM

# A server that knows no TLS 1.3, with the gateway's own certificate.
timeout 60 openssl s_server -www -tls1_2 -accept localhost:0 -alpn h2 -cert ids/gateway.pem -key ids/gateway.key </dev/null \
  >files/server 2>&1 &
server_pid=$!
until_true 20 grep -q '^ACCEPT' files/server || fail "no server of TLS 1.2: $(<files/server)"
port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' files/server)
profile auditor "localhost:$port"
let_in_by_12() { timeout 20 openssl s_client -tls1_2 -connect "localhost:$port" -CAfile pki/ca.pem </dev/null >/dev/null 2>&1; }
let_in_by_12 || fail "that server does not serve TLS 1.2"
turns_away 3 TLS_FAILED tls-none
kill "$server_pid"
echo "TLS 1.3, mutual, in time, by name, both ways; no resumption, nothing in clear"
