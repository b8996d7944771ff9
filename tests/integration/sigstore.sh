#!/usr/bin/env bash
# Receipts verify with npm's @sigstore/core and @sigstore/verify, which share no line with Passerelle: statement
# (DSSE), checkpoint and inclusion. At least twenty changes of each are rejected.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

command -v node >/dev/null || { echo "nodejs is not installed"; exit 77; }
modules=$("$root/tests/support/npm_ci.sh" "$root/tests/integration/sigstore")
ln -s "$modules" node_modules
cp "$root/tests/integration/sigstore/verify.cjs" .
found
start_gateway
join
approve
# Receipts of one person's key: its entries lie far apart, in trees of several sizes.
receipts=()
for round in 1 2 3; do
  expect 0 as dpo exchange freeze "$exchange" --party $fund --reasons files/reasons.txt --json
  receipts+=("$(field receipt)")
  accepted as decider exchange unfreeze "$(name_of)" --party $fund --reasons files/reasons.txt
done
export_log export
stop_gateway TERM
expect 0 node verify.cjs "$vkey" "$(<ids/dpo.spki)" "$log" "${receipts[@]}"
[[ $answer =~ ^"accepted: 3 receipts; rejected: "([0-9]+)" mutations"$ && ${BASH_REMATCH[1]} -ge 60 ]] ||
  fail "unexpected: $answer $complaint"
summary=$answer
# Another person's key, another log's name, another log's key.
expect 1 node verify.cjs "$vkey" "$(<ids/decider.spki)" "$log" "${receipts[0]}"
expect 1 node verify.cjs "$vkey" "$(<ids/dpo.spki)" "00${log:2}" "${receipts[0]}"
expect 1 node verify.cjs "${vkey:0:-5}AAAA${vkey: -1}" "$(<ids/dpo.spki)" "$log" "${receipts[0]}"
echo "@sigstore $summary"
