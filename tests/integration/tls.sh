#!/usr/bin/env bash
# Who may speak to the gateway, and to whom a client speaks: TLS 1.3 only, a client certificate of the pinned
# authority and in its days only, a gateway of the right name only, no session that outlives a stopped key;
# a certified key that nobody enrolled gets a reason.
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

# dated FROM UNTIL: a certificate of our authority for the auditor's key, with those dates.
dated() {
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
extendedKeyUsage = clientAuth
subjectAltName = URI:spiffe://$slug/test/agent/${agent[auditor]}
END
  openssl req -new -key ids/auditor.key -subj "/CN=${agent[auditor]}" -out files/dated.csr 2>files/openssl.log
  openssl ca -batch -config files/ca.cnf -cert pki/ca.pem -keyfile pki/ca.key -in files/dated.csr \
    -out ids/dated.pem -notext -startdate "$1" -enddate "$2" 2>>files/openssl.log ||
    fail "openssl ca: $(tail -n 3 files/openssl.log)"
  cp ids/auditor.key ids/dated.key
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
cli pki issue --ca pki --out ids/elsewhere --dns elsewhere.example >/dev/null
certificate=ids/elsewhere
start_gateway
let_in "the gateway of another name" -tls1_3 "${ours[@]}"
refused GATEWAY_UNTRUSTED as auditor party list
echo "TLS 1.3, mutual, in time, by name; no resumption"
