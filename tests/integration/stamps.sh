#!/usr/bin/env bash
# An authority of RFC 3161, made with openssl alone, stamps what the gateway signs. Receipts are raised to a stamp
# and verified by openssl alone; the auditor takes every stamp away, and his verdict rests on them; a stamp that is
# altered, exchanged or of somebody else's authority is named; an authority that is silent is waited for.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

authority_pid=
finish_all() {
  [[ -z $authority_pid ]] || kill -KILL "$authority_pid" 2>/dev/null || true
  finish
}
trap finish_all EXIT

# ---- the authority: a root, a signer for time stamping alone, its revocation list --------------------------------
# make_authority FOLDER PORT
make_authority() (
  mkdir -p "$1"
  cd "$1"
  touch index.txt
  echo 1000 >serial
  cat >tsa.cnf <<EOF
[ca]
default_ca = root
[root]
database = index.txt
default_md = sha256
default_crl_days = 30
[signer]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
crlDistributionPoints = URI:http://127.0.0.1:$2/tsa.crl
[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = signer.pem
certs = root.pem
signer_key = signer.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256
accuracy = secs:1
EOF
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out root.pem -days 3650 \
    -subj "/CN=Synthetic stamp root" -addext basicConstraints=critical,CA:TRUE \
    -addext keyUsage=critical,keyCertSign,cRLSign
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout signer.key -out signer.csr \
    -subj "/CN=Synthetic time-stamp authority"
  openssl x509 -req -in signer.csr -CA root.pem -CAkey root.key -CAcreateserial -days 3000 -out signer.pem \
    -extfile tsa.cnf -extensions signer
  openssl ca -config tsa.cnf -gencrl -cert root.pem -keyfile root.key -out list.pem
  openssl crl -in list.pem -outform DER -out tsa.crl
) >>files/authority.log 2>&1

found
mkdir -p authority
/usr/bin/python3 "$root/tests/support/stamp_authority.py" authority files/authority.port 2>>files/authority.log &
authority_pid=$!
authority_spoke() { [[ -s files/authority.port ]] || ! kill -0 "$authority_pid" 2>/dev/null; }
until_true 60 authority_spoke
authority_port=$(<files/authority.port)
make_authority authority "$authority_port"
make_authority stranger "$authority_port"

start_gateway
join
# Bytes as textproto writes them.
escaped() { openssl x509 -in "$1" -outform DER | od -An -v -tx1 | tr -d '\n' | sed 's/ /\\x/g'; }
enact_settings() {
  rm -f files/settings.json
  expect 0 as secretariat-a convention settings enact files/settings.textproto --add-to files/settings.json \
    --signers "${fingerprint[secretariat-a]},${fingerprint[countersigner-a]}"
  both_sign files/settings.json
}
expect 0 as secretariat-a convention settings --out files/settings.textproto
cat >>files/settings.textproto <<EOF
time_stamp_authorities {
  url: "http://127.0.0.1:$authority_port/"
  trust_anchors: "$(escaped authority/root.pem)"
}
EOF
enact_settings
refused settings.evidence as secretariat-a submit files/settings.json
echo 'time_stamp_tolerance_ms: 30000' >>files/settings.textproto
enact_settings
accepted as secretariat-a submit files/settings.json --wait stamped
[[ $(field level) == stamped ]] || fail "not stamped: $answer"

# The receipt is raised, and openssl alone verifies the stamp that came with it.
receipt=$(field receipt)
stem=${receipt%.tlog-proof}
cat authority/root.pem authority/list.pem >files/anchors.pem
verifies() { openssl ts -verify -in "$1.tsr" -data "$1.checkpoint" -CAfile files/anchors.pem -crl_check 2>&1; }
[[ $(verifies "$stem") == *"Verification: OK"* ]] || fail "openssl refuses the stamp: $(verifies "$stem")"
tail -n +"$(($(grep -n '^$' "$receipt" | head -n 1 | cut -d: -f1) + 1))" "$receipt" | cmp - "$stem.checkpoint" ||
  fail "the stamp is not over the receipt's checkpoint"
expect 0 cli receipt verify "$receipt" --log-key "$vkey" --anchors authority/root.pem --json
[[ $(field accepted) == true && $(field stamped) == "$(date -u +%F)T"* ]] || fail "no time in $answer"
refused "time stamp is not of its checkpoint" cli receipt verify "$receipt" --log-key "$vkey" --anchors stranger/root.pem
misused ANCHORS_MISSING cli receipt verify "$receipt" --log-key "$vkey" --time-stamp "$stem.tsr"

# The doctor has one made for himself.
# doctor_says EXIT CODE COMMAND...: what he finds of the authority; "" where all is well.
doctor_says() {
  local code=$2
  expect "$1" "${@:3}" doctor --data data --json
  [[ $(jq -r '.checks[] | select(.area == "time-stamp") | .code' <<<"$answer") == "$code" ]] ||
    fail "the doctor does not say $code: $answer"
}
doctor_says 0 "" cli
mv authority/tsa.crl files/tsa.crl
doctor_says 1 authority-unverifiable cli
mv files/tsa.crl authority/tsa.crl
# Not where a sanitizer watches: libfaketime hangs in its programs.
[[ -n $sanitized ]] ||
  doctor_says 1 authority-clock faketime -f +2h "$build/gateway/cli/passerelle" --lang en

# ---- the auditor takes every stamp away ----------------------------------------------------------------------------
approve
accepted as dpo exchange freeze "$exchange" --party $fund --reasons files/reasons.txt
freeze=$(name_of)
expect 0 as auditor audit export export
expect 0 cli audit verify export --log "$log" --json
[[ $(field stamps) -ge 1 && $(field stamps_missing) == 0 ]] || fail "stamps were not verified: $answer"
expect 0 cli audit verify export --log "$log"
[[ $answer == *"time stamps verified"* ]] || fail "not said: $answer"
count=0
for stamp in export.evidence/stamps/*.tsr; do
  [[ $(verifies "${stamp%.tsr}") == *"Verification: OK"* ]] || fail "openssl refuses $stamp"
  count=$((count + 1))
done
[[ $count -ge 1 ]] || fail "no stamp was taken away"
expect 0 "$root/gateway/docs/verify_export.sh" export "$log" authority/root.pem
[[ $answer == *"$count time stamps"* ]] || fail "bash and openssl alone: $answer"
expect 1 "$root/gateway/docs/verify_export.sh" export "$log" stranger/root.pem
# Again: nothing is read twice.
before=$(stat -c '%Y %i' "$stamp")
expect 0 as auditor audit export export
[[ $(stat -c '%Y %i' "$stamp") == "$before" ]] || fail "the stamp was written again"
# The tree itself holds nothing but the layout, and needs no stamp to be verified.
cp -a export bare
expect 0 cli audit verify bare --log "$log"
[[ $answer == *"Time stamps that are not at hand"* ]] || fail "not said: $answer"

# What is not the stamp that the log states is named, with the entry.
spoil() {
  rm -rf bare.evidence
  cp -a export.evidence bare.evidence
}
first=$(find export.evidence/stamps -name '*.tsr' -printf '%f\n' | sort -n | head -n 1)
size=${first%.tsr}
spoil
printf 'x' | dd of="bare.evidence/stamps/$first" bs=1 seek=100 conv=notrunc status=none
refused "the time stamp that is kept is not the one that it states" cli audit verify bare --log "$log"
spoil
echo >>"bare.evidence/stamps/$size.checkpoint"
refused "the checkpoint kept beside its time stamp" cli audit verify bare --log "$log"
spoil
cat authority/root.pem >"bare.evidence/stamps/$size.chain.pem"
refused "no revocation list" cli audit verify bare --log "$log"

# ---- a silent authority; a backup --------------------------------------------------------------------------------------
touch authority/silent
doctor_says 1 authority-silent cli
accepted as decider exchange unfreeze "$freeze" --party $fund --reasons files/reasons.txt
expect 0 cli backup --data data --to copy
diff -r data/conventions/*/stamps copy/conventions/*/stamps || fail "the backup lacks a stamp"
stop_gateway TERM
start_gateway
expect 0 as auditor audit export export
expect 0 cli audit verify export --log "$log" --redecide
