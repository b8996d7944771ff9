#!/usr/bin/env bash
# The service as it is shipped: the unit is hardened to 2.0 or better, the example configuration is one that
# the gateway loads, systemd hears that it serves, lives and stops, and an encrypted key opens with a passphrase
# from a file, a descriptor or a credential.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"
deploy=$root/gateway/deploy

# ---- unit ---------------------------------------------------------------------------------------------
exposure=$(systemd-analyze security --offline=true --no-pager "$deploy/passerelle-gateway.service" |
  sed -n 's/.*Overall exposure level for [^:]*: \([0-9.]*\).*/\1/p')
[[ -n $exposure ]] && awk "BEGIN { exit !($exposure <= 2.0) }" || fail "exposure level $exposure"
mkdir bin
sed "s|/usr/bin/passerelle-gateway|$build/gateway/server/passerelle-gateway|" "$deploy/passerelle-gateway.service" \
  >bin/passerelle-gateway.service
said=$(systemd-analyze verify --man=no bin/passerelle-gateway.service 2>&1 | grep passerelle-gateway || true)
[[ -z $said ]] || fail "systemd finds fault with the unit: $said"

# ---- configuration ------------------------------------------------------------------------------------
found
sed -e "s|/var/lib/passerelle/data|$tmp/data|" -e "s|/var/lib/passerelle/guards|$tmp/data.guards|" \
  -e 's|0.0.0.0:8443|127.0.0.1:0|' -e 's|127.0.0.1:9464|127.0.0.1:0|' -e "s|^#\(certificate = \"\)[^\"]*|\1$tmp/ids/gateway.pem|" \
  -e "s|^#\(key = \"\)[^\"]*|\1$tmp/files/gateway.key|" \
  -e "s|^#\(passphrase-file = \"\)[^\"]*|\1$tmp/files/passphrase|" "$deploy/gateway.toml" >files/gateway.toml
grep -q '^passphrase-file' files/gateway.toml || fail "the example does not show every option"
(umask 077; echo 'correct horse battery staple' >files/passphrase)
install -m 600 ids/gateway.key files/gateway.key
expect 0 cli agent key encrypt files/gateway.key --passphrase-file files/passphrase
openssl pkey -in files/gateway.key -passin file:files/passphrase -noout || fail "openssl cannot open it"

# A socket of systemd's kind, which writes down what it hears.
/usr/bin/python3 - files/notify files/heard <<'PYTHON' &
import socket, sys
heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
heard.bind(sys.argv[1])
while True:
    with open(sys.argv[2], "ab", 0) as file:
        file.write(heard.recv(4096) + b"\n")
PYTHON
notified_pid=$!
until_true 20 test -S files/notify || fail "no socket"
run() {
  rm -f files/port
  NOTIFY_SOCKET=$tmp/files/notify WATCHDOG_USEC=200000 passerelle-gateway --config files/gateway.toml \
    --port-file files/port "$@" 2>>files/gateway.log &
  gateway_pid=$!
  until_true 60 gateway_spoke
}
run
[[ -s files/port ]] || fail "the example configuration was not loaded: $(tail -n 3 files/gateway.log)"
hears() { grep -q "$1" files/heard; }
until_true 20 hears READY=1 || fail "systemd does not hear that it serves: $(cat files/heard)"
until_true 20 hears WATCHDOG=1 || fail "systemd does not hear that it lives"
! hears STOPPING=1 || fail "it stops already"

# ---- metrics ------------------------------------------------------------------------------------------
# The dashboard shows what the gateway serves, and nothing else.
metrics_port=$(jq -r 'select(.event == "metrics_ready").port' <files/gateway.log)
said=$(curl -fsS "http://127.0.0.1:$metrics_port/metrics") || fail "no metrics"
grep -q '^passerelle_conventions_active 1$' <<<"$said" || fail "not what is served: $said"
for metric in $(jq -r '.panels[].targets[].expr' "$deploy/grafana.json" | grep -o 'passerelle_[a-z_]*' |
  sed 's/_\(bucket\|sum\|count\)$//' | sort -u); do
  grep -q "\"$metric\"" "$root/gateway/log/metrics.cc" || fail "the dashboard asks for $metric, which is none"
done
stop_gateway TERM
[[ $stopped -eq 0 ]] || fail "it ended with $stopped"
until_true 20 hears STOPPING=1 || fail "systemd does not hear that it stops"
kill "$notified_pid"

# What is typed wins; a name that is no option, and a file that is none, are refused.
expect 2 timeout 60 passerelle-gateway --config files/gateway.toml --drain-ms soon
sed 's/^drain-ms/drian-ms/' files/gateway.toml >files/misspelt.toml
expect 2 timeout 60 passerelle-gateway --config files/misspelt.toml
[[ $complaint$answer == *drian-ms* ]] || fail "not said which name is wrong: $complaint"
expect 2 timeout 60 passerelle-gateway --config files/none.toml
# A passphrase that is wrong, missing or open to others.
expect 1 timeout 60 passerelle-gateway --config files/gateway.toml --passphrase-file files/deed.txt
[[ $complaint == *PASSPHRASE_PERMISSIONS* ]] || fail "an open passphrase was read: $complaint"
(umask 077; echo wrong >files/wrong)
expect 1 timeout 60 passerelle-gateway --config files/gateway.toml --passphrase-file files/wrong
[[ $complaint == *KEY_PASSPHRASE* ]] || fail "not said that the passphrase is wrong: $complaint"

# ---- a person's encrypted key -------------------------------------------------------------------------
start_gateway
install -m 600 ids/secretariat-a.key ids/closed.key
expect 0 cli agent key encrypt ids/closed.key --passphrase-file files/passphrase
head -n 1 ids/closed.key | grep -q 'BEGIN ENCRYPTED PRIVATE KEY' || fail "the key is in clear"
profile secretariat-a "localhost:$port"
jq '.key_file = "closed.key"' ids/secretariat-a.json >ids/closed.json
expect 2 as closed party list
[[ $complaint == *KEY_ENCRYPTED* ]] || fail "not said: $complaint"
expect 2 as closed party list --passphrase-file files/wrong
[[ $complaint == *KEY_PASSPHRASE* ]] || fail "not said: $complaint"
expect 0 as closed party list --passphrase-file files/passphrase
expect 0 as closed party list --passphrase-fd 3 3<files/passphrase
expect 0 as closed party list --passphrase-fd 5 5< <(cat files/passphrase)
mkdir -m 700 files/credentials
install -m 400 files/passphrase files/credentials/passerelle-passphrase
expect 0 env "CREDENTIALS_DIRECTORY=$tmp/files/credentials" "$build/gateway/cli/passerelle" \
  --profile ids/closed.json party list
jq '.passphrase_file = "../files/passphrase"' ids/closed.json >ids/named.json
expect 0 as named party list
expect 2 cli agent key encrypt ids/closed.key --passphrase-file files/passphrase
[[ $complaint == *KEY_ENCRYPTED_ALREADY* ]] || fail "encrypted twice: $complaint"
expect 0 cli agent key decrypt ids/closed.key --passphrase-file files/passphrase
cmp ids/closed.key ids/secretariat-a.key || fail "not the same key again"
# An authority and a key that never stood in clear.
expect 0 cli pki init closed-pki --passphrase-file files/passphrase
grep -q ENCRYPTED closed-pki/ca.key || fail "the authority's key is in clear"
(umask 077; echo another >files/another)
expect 0 cli pki issue --ca closed-pki --ca-passphrase-file files/passphrase --out ids/born --dns localhost \
  --passphrase-file files/another
grep -q ENCRYPTED ids/born.key || fail "the key is in clear"
expect 2 cli pki issue --ca closed-pki --out ids/born --dns localhost
echo "exposure $exposure; configuration loaded, systemd told, keys closed and opened"
