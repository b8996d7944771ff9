#!/usr/bin/env bash
# testssl.sh on the gateway's gRPC port, given our authority, finds nothing worse than LOW, but for
# cert_revocation: it misses CRL and OCSP, and here revocation is in the log (a stopped key is refused at the
# next call, see tls.sh), where no one answers for it but the convention. What needs a client certificate, for
# nobody is let in without one, is tried with `openssl s_client` too.
# With PASSERELLE_TESTSSL=full (in the long run) it also tries forward secrecy, the kinds of ciphers, the server's
# preferences and the vulnerabilities one by one, though a server of TLS 1.3 alone has none of them.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"
if ! command -v testssl >/dev/null; then
  echo "skipped: testssl.sh is not installed"
  exit 77
fi

found
start_gateway
join

# ---- testssl.sh ---------------------------------------------------------------------------------------
# Its own handshakes need no certificate. Those that it leaves to openssl bring the auditor's and name a
# protocol: the gateway ends a connection without, and whether before or after openssl has what it wanted
# would be chance.
cat >files/openssl <<END
#!/bin/sh
if [ "\$1" = s_client ]; then
  shift
  exec /usr/bin/openssl s_client -alpn h2 -cert "$tmp/ids/auditor.pem" -key "$tmp/ids/auditor.key" "\$@"
fi
exec /usr/bin/openssl "\$@"
END
chmod +x files/openssl
# Protocols, the server's certificate.
checks=(-p -S) well=(TLS1_3 ALPN_HTTP2 cert_chain_of_trust cert_trust cert_expirationStatus cert_keySize)
[[ ${PASSERELLE_TESTSSL:-} != full ]] || checks+=(-f -s -P -U) well+=(PFS)
# Its exit code counts what it found.
timeout 600 testssl --quiet --color 0 --warnings batch --nodns none --ip 127.0.0.1 --add-ca pki/ca.pem \
  --openssl "$tmp/files/openssl" --jsonfile files/found.json "${checks[@]}" "localhost:$port" >files/said 2>&1 || true
# found_ok ID: it looked, and found it well.
found_ok() {
  [[ $(jq -r --arg id "$1" '[.[] | select(.id == $id)] | .[0].severity' files/found.json) == OK ]] ||
    fail "$1 is not well: $(jq -c --arg id "$1" '.[] | select(.id == $id)' files/found.json) $(tail -n 3 files/said)"
}
for id in "${well[@]}"; do found_ok "$id"; done
for id in TLS1 TLS1_1 TLS1_2; do
  [[ $(jq -r --arg id $id '.[] | select(.id == $id) | .finding' files/found.json) == "not offered" ]] || fail "$id"
done
# What it says of this machine's own openssl (engine_problem: no GOST) is no finding.
bad=$(jq -r '.[] | select(.id | IN("cert_revocation", "engine_problem") | not) |
  select(.severity | IN("OK", "INFO", "LOW", "DEBUG") | not) | "\(.severity) \(.id): \(.finding)"' files/found.json)
[[ -z $bad ]] || fail "testssl.sh finds: $bad"

# ---- with a certificate -----------------------------------------------------------------------------------------
# shaken ARGUMENTS...: a handshake with the auditor's certificate; what came of it is in files/shaken.
shaken() {
  timeout 20 openssl s_client -connect "localhost:$port" -servername localhost -CAfile pki/ca.pem \
    -verify_return_error -cert ids/auditor.pem -key ids/auditor.key -tls1_3 "$@" </dev/null >files/shaken 2>&1
}
says() { grep -q "$1" files/shaken || fail "not said: $1: $(grep -E 'New,|ALPN|Verif|error' files/shaken)"; }
shaken -alpn h2 || fail "shut out: $(tail -n 3 files/shaken)"
for words in 'New, TLSv1.3' 'ALPN protocol: h2' 'Verification: OK' 'Peer signature type: ECDSA' \
  'Early data was not sent' 'Compression: NONE' 'Secure Renegotiation IS NOT supported'; do says "$words"; done
! grep -q 'New Session Ticket' files/shaken || fail "a session to resume was offered"
for suite in TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256; do
  shaken -alpn h2 -ciphersuites $suite || fail "$suite is refused"
  says "$suite"
done
for refused in '-ciphersuites TLS_AES_128_CCM_8_SHA256' '-ciphersuites TLS_AES_128_CCM_SHA256' '-groups ffdhe2048' \
  '-groups secp224r1'; do
  # shellcheck disable=SC2086
  ! shaken -alpn h2 $refused || fail "accepted: $refused"
done
# Nobody speaks anything but h2: the gateway ends such a connection, before or after openssl has what it wanted.
shaken -alpn http/1.1 || true
! grep -q 'ALPN protocol: http/1.1' files/shaken || fail "it speaks HTTP/1.1"
serves() { accepted as auditor party list; }
serves
echo "$(jq length files/found.json) findings of testssl.sh, none worse than LOW but for the CRL that the log stands for"
