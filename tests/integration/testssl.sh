#!/usr/bin/env bash
# testssl.sh on the gateway's gRPC port, given our authority: nothing worse than LOW, but for what is said
# below. What needs a client certificate is tried with `openssl s_client`.
# With PASSERELLE_TESTSSL=full (in the long run) every check of testssl.sh is made, not the quick ones alone.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"
if ! command -v testssl >/dev/null; then
  echo "skipped: testssl.sh is not installed"
  exit 77
fi
found
start_gateway
checks=(-p -s -f -S -P -U)
(time timeout 300 testssl --quiet --color 0 --warnings batch --nodns none --ip 127.0.0.1 --add-ca pki/ca.pem --jsonfile files/found.json "${checks[@]}" \
  "localhost:$port") >files/said 2>&1 || echo "rc $?"
cat files/said
jq -r '.[] | "\(.severity) \(.id) \(.finding)"' files/found.json | sort
