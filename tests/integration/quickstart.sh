#!/usr/bin/env bash
# The newcomer's first command keeps its word: quickstart ends well, twice into one folder; what it leaves is
# a register, receipts and a log that verify offline, by our own verdict and by Go's packages; a changed byte
# is found and its entry named.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

build_go verify
expect 0 "$root/gateway/quickstart" --build "$build" --dir "$tmp/q" --lang en
[[ $answer == *"$tmp/q/register.csv"*"$tmp/q/audit-export/"*"$tmp/q/receipts/"* ]] || fail "no paths at the end"
first=$(jq -r .log q/files/founded.json)
expect 0 "$root/gateway/quickstart" --build "$build" --dir "$tmp/q" --lang fr
log=$(jq -r .log q/files/founded.json)
[[ $first != "$log" ]] || fail "the second run kept the first run's log"
mkdir elsewhere
expect 1 "$root/gateway/quickstart" --build "$build" --dir "$tmp/elsewhere" --lang en
[[ -d elsewhere ]] || fail "a folder that no quickstart made was removed"

# ---- the log and the receipts -----------------------------------------------------------------------
vkey=$(jq -r .checkpoint_vkey q/files/pins.json)
expect 0 cli audit verify q/audit-export --log "$log" --redecide
expect 1 cli audit verify q/audit-export --log "$first"
expect 0 ./verify q/audit-export
expect 0 ./verify --vkey "$vkey" q/audit-export
# A well-formed key of the same name, which signed nothing here.
quickstart_vkey=$vkey
found
expect 1 ./verify --vkey "$vkey" q/audit-export

receipts=0
for file in q/receipts/*.tlog-proof; do
  expect 0 cli receipt verify "$file" --log-key "$quickstart_vkey"
  expect 1 cli receipt verify "$file" --log-key "$vkey"
  receipts=$((receipts + 1))
done
[[ $receipts -gt 20 ]] || fail "only $receipts receipts"

# flip FILE OFFSET: changes one bit of the byte there.
flip() {
  local byte
  byte=$(od -An -tu1 -j "$2" -N 1 "$1")
  printf "\\x$(printf %02x $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
entries=$(sed -n 2p q/audit-export/checkpoint)
bundle=tile/entries/000.p/$entries
size=$(stat -c %s "q/audit-export/$bundle")
for offset in 2 $((size / 2)) $((size - 1)); do
  rm -rf changed
  cp -r q/audit-export changed
  flip "changed/$bundle" "$offset"
  expect 1 cli audit verify changed
  [[ $complaint =~ (^|[^[:alpha:]])[Ee]ntry\ [0-9]+ ]] || fail "byte $offset: no entry named: $complaint"
  expect 1 ./verify changed
done
[[ $complaint$answer == *rejected* ]] || fail "Go's verdict says nothing"

# ---- the register -----------------------------------------------------------------------------------
python3 - <<'END' || fail "the register is not what it should be"
import csv
with open("q/register.csv", encoding="utf-8-sig", newline="") as file:
    header, *rows = csv.reader(file, delimiter=";")
assert header[:3] == ["Environnement", "Nom du traitement", "N° / RÉF"], header[:3]
assert len(set(header)) == len(header), "a column twice"
assert rows and all(len(row) == len(header) for row in rows), "ragged"
row = dict(zip(header, rows[0]))
expected = {
    "Environnement": "ESSAI", "N° / RÉF": "ctg/agg-alloc-iris", "Avis du DPO : sens": "favorable",
    "Avis du DPO : conditions": "champs retirés : ARSAS", "Décision : sens": "approuvé",
    "Envois : nombre": "6", "Envois : périodes": "2016 | 2017 | 2018 | 2019 | 2020 | 2020",
    "Remises": "5", "Accusés de réception": "5", "Effacements": "1", "Prochaine révision": "2026-12-31",
    "Vie personnelle : Description": "Composition familiale, comptée par IRIS",
    "Informations d'ordre économique et financier : Durée de conservation": "Durée de la convention",
    "Destinataires : Type": "organismes externes, partenaires",
    "Base légale": "Mission d'intérêt public (RGPD 6(1)(e))",
}
wrong = {label: row.get(label) for label, value in expected.items() if row.get(label) != value}
assert not wrong, wrong
assert all("=+-@".find(cell[:1]) < 0 or not cell for row in rows for cell in row), "a formula"
END

# ---- the gateway takes that folder up again ---------------------------------------------------------
passerelle-gateway --data q/data --listen 127.0.0.1:0 --certificate q/ids/gateway.pem \
  --key q/ids/gateway.key --port-file files/port 2>files/gateway.log &
gateway_pid=$!
until_true 60 gateway_spoke
jq --arg target "localhost:$(<files/port)" '.target = $target' q/ids/log-auditor.json >q/ids/again.json
expect 0 passerelle --profile q/ids/again.json party list --json
adhered=$(jq '[.[] | select(.adhesion != null and .adhesion != "")] | length' <<<"$answer")
[[ $adhered -eq 91 ]] || fail "$adhered parties adhered, not 91"
stop_gateway TERM
[[ $stopped -eq 0 ]] || fail "the gateway stopped with $stopped"
echo "91 parties, $entries entries, $receipts receipts, register and log verified"
