#!/usr/bin/env bash
# A partner's own client in each language of gateway/docs/partner.md, made and run by the commands of that
# document, with Debian's packages, npm's for Node and stubs of the public protos, against one gateway, under
# the sender's and the reader's identity. Its transfer and its acknowledgement are accepted, its receipts
# verify; what was tampered with, comes from elsewhere or breaks a rule is refused and says why.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"
languages=(Python Go Node Ruby)
document=$root/gateway/docs/partner.md

missing=()
for package in python3-grpcio python3-cryptography golang-google-grpc-dev golang-github-golang-protobuf-1-5-dev \
  protoc-gen-go-grpc ruby-grpc nodejs protobuf-compiler-grpc; do
  dpkg-query -W "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [[ ${#missing[@]} -gt 0 ]]; then
  echo "not installed: ${missing[*]}"
  exit 77
fi

# ---- the clients, by the very commands of the document ------------------------------------------------
# making LANGUAGE: the commands that make its stubs.
making() { sed -n "/^### $1\$/,/^##/p" "$document" | sed -n '/^```$/,/^```$/{/^```$/!p}'; }
# column LANGUAGE N: what stands in the table of languages.
column() { awk -F ' *[|] *' -v language="$1" -v n="$2" '$2 == language {gsub(/`/, "", $n); print $n}' "$document"; }

# build_once: Go's program by $commands; kept until the protos, the program or the commands change.
build_once() {
  local digest kept
  digest=$({ find proto -name '*.proto' | sort | xargs cat "$program" && echo "$commands"; } | sha256sum | cut -c1-16)
  kept=$root/build/partner_client/$digest
  if [[ ! -x $kept ]]; then
    (go_settings && bash -euc "$commands")
    mkdir -p "$root/build/partner_client"
    rm -f "$root/build/partner_client"/*
    cp partner_client "$kept.$$"
    mv "$kept.$$" "$kept"
  fi
  ln -sf "$kept" partner_client
}

cp -r "$root/proto" proto
declare -A runs
for language in "${languages[@]}"; do
  program=$(column "$language" 4)
  program=${program%%]*} program=${program#[}
  [[ $(wc -l <"$root/gateway/docs/$program") -lt 60 ]] || fail "$program has grown past sixty lines"
  cp "$root/gateway/docs/$program" .
  runs[$language]=$(column "$language" 5)
  commands=$(making "$language")
  [[ -n $commands && -n ${runs[$language]} ]] || fail "partner.md does not say how to make or run $program"
  case $language in
    Go) build_once ;;
    Node)
      # `npm ci` of the document's two files, kept from one run to the next.
      [[ $commands == "npm ci"* ]] || fail "Node is made otherwise: $commands"
      modules=$("$root/tests/support/npm_ci.sh" "$root/gateway/docs/node")
      ln -s "$modules" node_modules
      ;;
    *) bash -euc "$commands" ;;
  esac
done

# The sender signs with Ed25519, the reader with P-256.
key_types[reader]=p256
found
enact ctg-otherville-2024-2029 files/other.json
start_gateway
join
approve
table files/2024.csv 2024
printf 'annee;code_insee;enfants\n2024;01991;3\n' >files/low.csv
jq --slurpfile other files/other.json '.log = $other[0].log' ids/sender.json >ids/astray.json
jq --slurpfile other files/other.json '.checkpoint_vkey = $other[0].checkpoint_vkey' ids/sender.json >ids/deceived.json
jq '.origin = "passerelle.example/elsewhere"' ids/sender.json >ids/foreign.json

# partner WHO WORDS...: the client of $language under the identity of WHO. Receipts come into the folder $tmp.
partner() {
  PATH=/usr/bin:$PATH PYTHONDONTWRITEBYTECODE=1 bash -c "${runs[$language]} \"\$@\"" client "ids/$1.json" "${@:2}"
}
# denied PATTERN WHO ARGUMENTS...: exit 1, a reason that holds the pattern, and no stack of calls.
denied() {
  expect 1 partner "${@:2}"
  [[ $complaint =~ $1 && ! $complaint =~ $stack ]] ||
    fail "$language: no $1 from: ${*:2} :: $complaint"
}
entries() { sqlite3 -readonly "data/conventions/$slug/audit.db" 'select size from head'; }
stack='Traceback|goroutine [0-9]|    at |:in `'
# What the libraries call a signature that the key did not make.
unsigned='InvalidSignature|invalid signature|no verifiable signatures|not signed (by|with) the pinned key'

# acknowledged TRANSFER: whether its recipient has.
acknowledged() {
  as sender --json transfer list |
    jq -e --arg name "$1" '.[] | select(.name == $name) | [.. | objects | has("acknowledgement")] | any' >/dev/null
}

# exchanges_a_file: the sender sends, the reader receives and acknowledges; the receipts verify, here and with
# the other clients' verifier.
exchanges_a_file() {
  local receipt
  expect 0 partner sender send $fund "$exchange" $town 2024 files/2024.csv
  sent=${answer%% *}
  ! acknowledged "$sent" || fail "$language: acknowledged before it was received"
  expect 0 partner reader receive $town "$sent" "files/$language.csv"
  acknowledgement=${answer%%/*}.tlog-proof
  cmp files/2024.csv "files/$language.csv"
  acknowledged "$sent" || fail "$language: the acknowledgement did not arrive"
  for receipt in "${sent%/*}.tlog-proof" "$acknowledgement"; do
    expect 0 partner reader verify "$receipt"
    [[ $answer == *recorded* ]] || fail "$language: no entry shown: $answer"
    expect 0 passerelle receipt verify "$receipt" --log-key "$vkey"
  done
}

# replaced LINE TEXT: the receipt with that line replaced.
replaced() {
  awk -v line="$1" -v text="$2" 'NR == line {print text; next} {print}' "$acknowledgement" >files/tampered
  ! cmp -s "$acknowledgement" files/tampered || fail "line $1 is the same"
}
# flipped BASE64: the same with the last bit of its 50th byte changed.
flipped() {
  local hex byte
  hex=$(base64 -d <<<"$1" | od -An -v -tx1 | tr -d ' \n')
  byte=$(printf '%02x' $((16#${hex:98:2} ^ 1)))
  sed 's/../\\x&/g' <<<"${hex:0:98}$byte${hex:100}" | xargs -0 printf '%b' | base64 -w 0
}

# refuses_what_was_tampered_with: every part of a receipt counts.
refuses_what_was_tampered_with() {
  local lines index root_line
  mapfile -t lines <"$acknowledgement"
  replaced 2 "extra $(flipped "${lines[1]#extra }")"
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
  denied "$unsigned" reader verify files/tampered
  printf 'no receipt\n' >files/tampered
  denied refused reader verify files/tampered
}

# refuses_another_log: a foreign name, key or origin; nothing is recorded.
refuses_another_log() {
  local size
  size=$(entries)
  denied "not enrolled in this log" astray send $fund "$exchange" $town 2024 files/2024.csv
  denied "$unsigned" deceived verify "$acknowledgement"
  denied "$unsigned" deceived send $fund "$exchange" $town 2024 files/2024.csv
  denied "a foreign log" foreign verify "$acknowledgement"
  [[ $(entries) -eq $size ]] || fail "$language: something was recorded for another log"
}

# tells_what_the_rules_refuse: with the finding, and without a file.
tells_what_the_rules_refuse() {
  denied 'IX\.' sender send $fund "$exchange" $town 2024 files/low.csv
  denied 'wire\.reference' reader receive $town "${sent%/*}/7" files/none
  denied transfer sender send $fund "$exchange" $commune 2024 files/2024.csv
  denied 'IX\.5d' sender receive $fund "$sent" files/none
  [[ ! -e files/none ]] || fail "$language: a refused fetch wrote a file"
  denied PROFILE sender
}

for language in "${languages[@]}"; do
  exchanges_a_file
  refuses_what_was_tampered_with
  refuses_another_log
  tells_what_the_rules_refuse
  echo "$language: sent, received, acknowledged and verified with the public protos alone; the rest is refused"
done
export_log export
