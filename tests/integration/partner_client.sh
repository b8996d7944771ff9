#!/usr/bin/env bash
# A partner's own client: gateway/docs/partner_client.py, with Debian's gRPC and stubs of the public protos,
# under the sender's and the reader's identity. Its transfer and its acknowledgement are accepted, its
# receipts verify; what was tampered with, comes from elsewhere or breaks a rule is refused and says why.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

if ! { command -v grpc_python_plugin && /usr/bin/python3 -c 'import cryptography, google.protobuf, grpc'; } \
  >files/missing 2>&1; then
  echo "python3-grpcio, python3-protobuf, python3-cryptography or protobuf-compiler-grpc is not installed"
  exit 77
fi
program=$root/gateway/docs/partner_client.py
[[ $(wc -l <"$program") -lt 60 ]] || fail "the program has grown past sixty lines"

# The stubs, by the very command of the document.
cp -r "$root/proto" proto
making=$(sed -n '/^protoc /,/\.proto$/p' "$root/gateway/docs/partner.md")
[[ -n $making ]] || fail "partner.md does not say how the stubs are made"
mkdir stubs
bash -euc "$making"

# The sender signs with Ed25519, the reader with P-256.
key_types[reader]=p256
found
enact ctg-otherville-2024-2029 files/other.json
start_gateway
join
approve

# partner WHO WORDS...: that program under the identity of WHO. Receipts come into the folder $tmp.
partner() {
  PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=stubs /usr/bin/python3 "$program" "ids/$1.json" "${@:2}"
}
# denied WORDS WHO ARGUMENTS...: exit 1, one reason, no stack of calls.
denied() {
  expect 1 partner "${@:2}"
  [[ $complaint == *"$1"* && $complaint != *Traceback* ]] || fail "no $1 from: ${*:2} :: $complaint"
}
entries() { sqlite3 -readonly "data/conventions/$slug/audit.db" 'select size from head'; }

# ---- the sender sends, the reader receives and acknowledges -------------------------------------------
table files/2024.csv 2024
expect 0 partner sender send $fund "$exchange" $town 2024 files/2024.csv
sent=${answer%% *}
[[ $(as reader --json transfer list | jq -r '.[0].name') == "$sent" ]] || fail "the transfer is not listed: $answer"
expect 0 partner reader receive $town "$sent" files/received.csv
acknowledgement=${answer%%/*}.tlog-proof
cmp files/2024.csv files/received.csv
acknowledged() { as sender --json transfer list | jq -e '[.. | objects | has("acknowledgement")] | any' >/dev/null; }
acknowledged || fail "the acknowledgement did not arrive"

# ---- its receipts verify, here and with the other clients' verifier ------------------------------------
for receipt in "${sent%/*}.tlog-proof" "$acknowledgement"; do
  expect 0 partner reader verify "$receipt"
  [[ $answer == *recorded* ]] || fail "no entry shown: $answer"
  expect 0 passerelle receipt verify "$receipt" --log-key "$vkey"
done

# ---- a receipt that was tampered with -----------------------------------------------------------------
# replaced LINE TEXT: the receipt with that line replaced.
replaced() {
  awk -v line="$1" -v text="$2" 'NR == line {print text; next} {print}' "$acknowledgement" >files/tampered
  ! cmp -s "$acknowledgement" files/tampered || fail "line $1 is the same"
}
mapfile -t lines <"$acknowledgement"
entry=$(base64 -d <<<"${lines[1]#extra }" | tr '\000-\377' '\001-\377\000' | base64 -w 0)
replaced 2 "extra $entry"
denied "the entry is not in the log" reader verify files/tampered
index=${lines[2]#index }
replaced 3 "index $((index - 1))"
denied "the entry is not in the log" reader verify files/tampered
replaced 3 "index $((index + 1))"
denied "the entry is not in the log" reader verify files/tampered
replaced 4 "$(printf '0%.0s' {1..32} | base64)"
denied "the entry is not in the log" reader verify files/tampered
sed 4d "$acknowledgement" >files/tampered
denied "the entry is not in the log" reader verify files/tampered
root_line=$(($(grep -n '^$' "$acknowledgement" | head -n 1 | cut -d: -f1) + 3))
replaced $root_line "$(printf '1%.0s' {1..32} | base64)"
denied InvalidSignature reader verify files/tampered
printf 'no receipt\n' >files/tampered
denied refused reader verify files/tampered

# ---- another log, another key -------------------------------------------------------------------------
jq --slurpfile other files/other.json '.log = $other[0].log' ids/sender.json >ids/astray.json
size=$(entries)
denied "not enrolled in this log" astray send $fund "$exchange" $town 2024 files/2024.csv
jq --slurpfile other files/other.json '.checkpoint_vkey = $other[0].checkpoint_vkey' ids/sender.json >ids/deceived.json
denied InvalidSignature deceived verify "$acknowledgement"
denied InvalidSignature deceived send $fund "$exchange" $town 2024 files/2024.csv
jq '.origin = "passerelle.example/elsewhere"' ids/sender.json >ids/deceived.json
denied "a foreign log" deceived verify "$acknowledgement"
[[ $(entries) -eq $size ]] || fail "something was recorded for another log"

# ---- what the rules refuse ----------------------------------------------------------------------------
printf 'annee;code_insee;enfants\n2024;01991;3\n' >files/low.csv
denied IX. sender send $fund "$exchange" $town 2024 files/low.csv
denied wire.reference reader receive $town "${sent%/*}/7" files/none
denied transfer sender send $fund "$exchange" $commune 2024 files/2024.csv
denied IX.5d sender receive $fund "$sent" files/none
[[ ! -e files/none ]] || fail "a refused fetch wrote a file"
denied PROFILE sender
export_log export
echo "sent, received, acknowledged and verified with the public protos alone; the rest is refused"
