#!/usr/bin/env bash
# What must not leave the vault does not: names and identifiers planted in documents, in refused payloads
# (cells and headings) and in the strings of refused acts are found in no byte of the log, its export, the
# receipts, the gateway's output or a file name, nor in clear in the vault; neither are plain digests of them.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

# All synthetic: département 99 and that mail domain do not exist, and the number is kept for fiction.
nir=185074299912375 mail=canari@example.invalid phone='06 39 98 12 34' name='Canari Synthetique'
planted=("$nir" '1 85 07 42 999 123 75' "$mail" "$phone" 0639981234 "$name" canari CANARI)

found
for document in deed person reasons title agreement; do
  printf '%s\n' "TEST $document" "${planted[@]}" >"files/$document.txt"
done
jq --arg name "$name" --arg mail "$mail" '.controller = {name: $name, email: $mail}' \
  "$root/gateway/docs/example/fiche-registre.json" >files/sheet.json
sheet=files/sheet.json
quality="$name $phone"
start_gateway
join
approve
transfer 2024
kept=$(name_of)

# ---- refused payloads -------------------------------------------------------------------------------
# The client refuses first, and nothing leaves; then one that checks nothing sends the same.
unchecked() { passerelle_raw_send ids/sender.json "${exchange%/*}" "${2:-$fund}" "${3:-2024}" "$1"; }
size_of_log() { sqlite3 -readonly "data/conventions/$slug/audit.db" 'select size from head'; }
# gateway_refuses COMMAND...: exit 1, and the refusal has its entry.
gateway_refuses() {
  local before
  before=$(size_of_log)
  expect 1 "$@"
  [[ $(size_of_log) -eq $((before + 1)) ]] || fail "the gateway was not asked, or left no entry: $*"
  [[ $answer$complaint != *"$nir"* && $answer$complaint != *"$mail"* ]] || fail "the refusal quotes: $complaint"
}
for value in "${planted[@]}"; do
  printf 'annee;code_insee;enfants\n2024;01991;%s\n' "$value" >files/refused.csv
  before=$(size_of_log)
  expect 1 as sender transfer send "$exchange" files/refused.csv --party $fund --period 2024
  [[ $(size_of_log) -eq $before ]] || fail "the client let a bad file leave"
  gateway_refuses unchecked files/refused.csv
  printf 'annee;code_insee;enfants\n2024;%s;12\n' "$value" >files/refused.csv
  gateway_refuses unchecked files/refused.csv
  printf 'annee;code_insee;enfants;%s\n2024;01991;12;13\n' "$value" >files/refused.csv
  gateway_refuses unchecked files/refused.csv
done

# ---- refused acts -----------------------------------------------------------------------------------
for value in "$nir" "$mail" "$phone" "$name" canari; do
  gateway_refuses unchecked files/2024.csv $fund "$value"
  gateway_refuses unchecked files/2024.csv "$value" 2024
  gateway_refuses as steward exchange propose --party $fund --dataset $dataset --to $town --purpose "$value" \
    --tag "$value" --unit "$value" --from "$today" --until 2029-12-31 --retain-until 2029-12-31 \
    --frequency yearly --reasons files/reasons.txt
  gateway_refuses as steward register record "$exchange" --party $fund --reference "r/$value" \
    --legal-basis public_task --review-on 2028-12-31 --sheet "$sheet"
  for change in "s|$dataset|$fund/$value|" "s|\"enfants\" type|\"$value\" type|" \
    "s|units: \"stats\"|units: \"$value\"|" "s|subjects: \"enfants\"|subjects: \"$value\"|"; do
    sed "s|version: 1|version: 2|; $change" files/dataset.textproto >files/refused.textproto
    # A canary that has the form of a slug or of a name is no identifier, and may stand there.
    [[ $value != canari || $change == *units* || $change == *subjects* ]] || continue
    gateway_refuses as steward dataset declare files/refused.textproto --party $fund --title files/title.txt
  done
done
export_log export

# ---- looking for them -------------------------------------------------------------------------------
cat >files/look.py <<'END'
"""look.py FOLDER...: prints where a planted text stands, as such, in another encoding, or as a plain digest."""
import base64, hashlib, pathlib, re, sys

planted = [line for line in open("files/planted").read().split("\n") if line]
documents = [path.read_bytes() for path in map(pathlib.Path, open("files/documents").read().split())]
needles = {}
for text in planted:
    for encoding in ("utf-8", "utf-16-le"):
        for form in {text, text.upper(), text.lower()}:
            needles[form.encode(encoding)] = text
    raw = text.encode()
    needles[raw.hex().encode()] = text
    for shift in range(3):
        # What base64 makes of the text wherever it begins: the middle, without its edges.
        code = base64.b64encode(bytes(shift) + raw).rstrip(b"=")
        needles[code[(shift * 4 + 2) // 3:-1]] = text
for content in [text.encode() for text in planted] + documents:
    digest = hashlib.sha256(content).digest()
    for form in (digest, digest.hex().encode(), base64.b64encode(digest)):
        needles[form] = "a plain digest"
needles = {needle: text for needle, text in needles.items() if len(needle) >= 6}

found = []
for root in map(pathlib.Path, sys.argv[1:]):
    for path in [root, *root.rglob("*")]:
        places = [(f"the name of {path}", str(path).encode())]
        if path.is_file():
            content = path.read_bytes()
            places.append((str(path), content))
            if path.suffix == ".tlog-proof":
                extra = re.search(rb"^extra (.*)$", content, re.M)[1]
                places.append((f"the entry of {path}", base64.b64decode(extra)))
        for where, content in places:
            found += [f"{text} in {where}" for needle, text in needles.items() if needle in content]
print("\n".join(sorted(set(found))))
sys.exit(1 if found else 0)
END
printf '%s\n' "${planted[@]}" >files/planted
printf '%s\n' files/{deed,person,reasons,title,agreement}.txt "$sheet" >files/documents
look() { python3 files/look.py "$@"; }
# It finds what is there: in clear, in base64, as a digest, in a name.
mkdir -p control
for trace in "$name" "$(base64 -w0 <<<"ab $nir c")" "$(sha256sum <files/person.txt)"; do
  printf '..%s..' "$trace" >control/file
  ! look control >/dev/null || fail "the scan is blind to: $trace"
done
rm control/file
touch "control/$mail"
! look control >/dev/null || fail "the scan is blind to names of files"

compgen -G "data/conventions/$slug/*.db-wal" >/dev/null || fail "there is no WAL to look into"
look data data.guards export receipts files/gateway.log || fail "planted texts were found while the gateway runs"
stop_gateway TERM
look data data.guards files/gateway.log || fail "planted texts were found once it stopped"

# They were there to be found: who may read them still does.
start_gateway
expect 0 as auditor register export --format csv -o files/register.csv
grep -q "$name" files/register.csv || fail "the register does not know the names of the vault"
expect 0 as reader transfer fetch "$kept" --out files/fetched.csv
echo "$(size_of_log) entries, $(find receipts -name '*.tlog-proof' | wc -l) receipts: no planted text"
