#!/usr/bin/env bash
# The command line's manners: exit codes 0 done, 1 refused, 2 usage, 3 unreachable (4, noted: verbs.sh); JSON that parses; French
# and English; names by unambiguous prefix; a key that others may read is not used; a forked log is not spoken to.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

found
start_gateway
join
approve
transfer 2024
sent=$(name_of)

# usage WORDS COMMAND...: a usage error, nothing on standard output.
usage() {
  expect 2 "${@:2}"
  [[ -z $answer && $complaint == *"$1"* ]] || fail "not said: $1: $answer $complaint"
}

# ---- exit codes -------------------------------------------------------------------------------------
usage "COMMAND_MISSING: a command is missing" passerelle
usage "COMMAND_MISSING transfer" passerelle transfer
usage "COMMAND_UNKNOWN nothing" passerelle nothing
usage "COMMAND_UNKNOWN tranfer" passerelle tranfer
[[ $complaint == *$'\n  transfer' ]] || fail "the nearest noun is not named: $complaint"
usage "COMMAND_UNKNOWN fetsh" as auditor transfer fetsh
[[ $complaint == *$'\n  transfer fetch' ]] || fail "the nearest verb is not named: $complaint"
usage "OPTION_MISSING --period" as sender transfer send "$exchange" files/2024.csv --party $fund
usage --what as auditor transfer list --what
usage --lang passerelle --lang de rules list
usage --party as sender transfer send "$exchange" files/2024.csv --period 2024
usage --destroy-after as sender transfer send "$exchange" files/2024.csv --party $fund --period 2024 \
  --destroy-after tomorrow
expect 0 passerelle --help
[[ $answer == *transfer*"Exit codes: 0 done;"* ]] || fail "no help"
expect 2 passerelle --profile ids/nobody.json transfer list
[[ $complaint == *FILE_MISSING*ids/nobody.json* ]] || fail "the missing profile is not named: $complaint"
printf '{"target": ' >ids/broken.json
expect 2 passerelle --profile ids/broken.json transfer list
[[ $complaint == *ids/broken.json* ]] || fail "the broken profile is not named: $complaint"
# Another authority, another log: the profile's own mistakes, by their member.
expect 0 passerelle pki init otherpki
jq '.ca_file = "../otherpki/ca.pem"' ids/reader.json >ids/misled.json
expect 1 as misled transfer list
[[ -z $answer && $complaint == *"GATEWAY_UNTRUSTED ca_file: "* && $complaint != *ssl_transport* ]] ||
  fail "another authority is not said: $complaint"
jq '.log = ("0" * 64)' ids/reader.json >ids/astray.json
expect 1 as astray transfer list
[[ $complaint == *"does not keep the log that the profile names"* ]] || fail "another log is not said: $complaint"
# Nobody listens on a port of the loopback network that belongs to no machine.
jq '.target = "localhost:1"' ids/reader.json >ids/lost.json
expect 3 as lost transfer list
[[ -z $answer && $complaint == *"UNREACHABLE: the gateway does not answer"* ]] ||
  fail "an unreachable gateway is not said: $complaint"

# ---- errors in French --------------------------------------------------------------------------------
# french CODE TEXT WHO COMMAND...: exits so and says the catalogue's text.
french() {
  expect "$1" passerelle --lang fr --profile "ids/$3.json" "${@:4}"
  [[ -z $answer && $complaint == *"$2"* ]] || fail "not in French: $complaint"
}
french 2 "il manque une commande" reader
french 2 "COMMAND_UNKNOWN nothing: cette commande n'existe pas" reader nothing
french 2 "OPTION_MISSING --period: il faut le donner" sender transfer send "$exchange" files/2024.csv --party $fund
french 2 "FILE_MISSING: ce fichier n'existe pas :"$'\n  ids/nobody.json' nobody transfer list
french 3 "UNREACHABLE: la passerelle ne répond pas" lost transfer list
french 1 "NAME_UNKNOWN transfer: rien de ce que vous pouvez voir ne porte ce nom" \
  reader transfer fetch zz --out files/none
french 2 "VALUE_UNKNOWN --ruling: cette valeur n'existe pas ; possibles :"$'\n  released, refused' \
  dpo transfer rule "$sent" --party $fund --ruling perhaps

# ---- refusals, in two languages and in JSON ---------------------------------------------------------
printf 'annee;code_insee;enfants\n2024;01991;3\n' >files/low.csv
attempt() {
  expect 1 passerelle --receipts receipts --lang "$1" "${@:2}"
}
decide=(--profile ids/dpo.json exchange decide "$exchange" --party $fund --verdict refused --reasons files/reasons.txt)
attempt en "${decide[@]}"
[[ $complaint == *"The "* && $complaint != *"L'acte"* ]] || fail "not English: $complaint"
english=$complaint
attempt fr "${decide[@]}"
[[ $complaint != "$english" && $complaint == *RGPD* ]] || fail "not French: $complaint"
codes() { grep -oE '^  [A-Za-z]+\.[A-Za-z0-9]+ [a-z0-9-]+ ' | sort; }
[[ $(codes <<<"$complaint") == "$(codes <<<"$english")" && -n $(codes <<<"$english") ]] ||
  fail "the languages differ in their findings: $complaint / $english"
expect 1 env LC_ALL=fr_FR.UTF-8 passerelle --receipts receipts "${decide[@]}"
[[ $complaint == *RGPD* ]] || fail "a French locale does not speak French: $complaint"
attempt en --json "${decide[@]}"
[[ $(jq -r .effect <<<"$answer") == refused && -n $complaint ]] || fail "no refusal in JSON: $answer / $complaint"
refused IX.2b as dpo exchange decide "$exchange" --party $fund --verdict refused --reasons files/reasons.txt
refused "Nothing was sent" as sender transfer send "$exchange" files/low.csv --party $fund --period 2024

# ---- JSON -------------------------------------------------------------------------------------------
for read in "party list" "mandate list" "dataset list" "exchange list" "exchange show ${exchange:0:8}" \
  "exchange explain ${exchange:0:8}" "transfer list" "transfer show ${sent:0:12}" "inbox" "convention show" \
  "convention settings" "rules list" "rules show IX.2c" "receipt get ${exchange%/*}"; do
  expect 0 as reader --json $read
  jq -e 'length > 0' <<<"$answer" >/dev/null || fail "no JSON from: $read: $answer"
  expect 0 as reader $read
  [[ -n $answer ]] || fail "nothing from: $read"
done
expect 0 as representative --json agent list
jq -e 'length > 0' <<<"$answer" >/dev/null || fail "no JSON from: agent list: $answer"
export_log export
expect 0 passerelle --json audit verify export --redecide
jq -e '.accepted and .entries == .redecided + .refused and .other_engines == 0' <<<"$answer" >/dev/null ||
  fail "no verdict in JSON: $answer"
expect 0 passerelle --lang en audit verify export
[[ $answer == *"Without --log, only that this log agrees with itself is verified"* ]] || fail "not said: $answer"
expect 0 passerelle --lang en audit verify export --log "$log"
[[ $answer != *"Without --log"* ]] || fail "said: $answer"
receipt=$(find receipts -name '*.tlog-proof' | head -n 1)
expect 0 passerelle --json receipt verify "$receipt" --log-key "$vkey"
[[ $(jq -r .accepted <<<"$answer") == true ]] || fail "no verdict in JSON: $answer"
expect 1 passerelle --json receipt verify "$receipt" --log-key "${vkey}x"

# ---- names ------------------------------------------------------------------------------------------
usage NAME_EMPTY as reader transfer fetch "" --out files/none
usage NAME_EMPTY as reader exchange show "/0"
refused NAME_UNKNOWN as reader transfer fetch zz --out files/none
refused NAME_UNKNOWN as reader transfer fetch "$(printf '0%.0s' {1..64})/0" --out files/none
refused NAME_UNKNOWN as reader transfer fetch "${sent%/*}/7" --out files/none
expect 1 as reader --json transfer fetch zz --out files/none
[[ $(jq -r .error.code <<<"$answer") == NAME_UNKNOWN ]] || fail "no error in JSON: $answer"
[[ ! -e files/none ]] || fail "an unknown name was fetched"
expect 0 as reader transfer fetch "${sent:0:8}" --out files/fetched.csv
cmp files/2024.csv files/fetched.csv
# Seventeen names cannot all begin differently.
same_digit() { as sender --json transfer list | jq -r '[.[].name[0:1]] | group_by(.)[] | select(length > 1)[0]'; }
until twin=$(same_digit | head -n 1) && [[ -n $twin ]]; do transfer 2024; done
usage NAME_AMBIGUOUS as reader transfer fetch "$twin" --out files/none
usage "no party" as sender transfer send "$exchange" files/2024.csv --party p999 --period 2024
usage "several parties" as sender transfer send "$exchange" files/2024.csv --party Essai-la-Neuve --period 2024
expect 0 as sender transfer send "$exchange" files/2024.csv --period 2024 \
  --party "Caisse d'allocations familiales de Testville"

# ---- keys -------------------------------------------------------------------------------------------
for mode in 0644 0640 0604; do
  chmod $mode ids/reader.key
  usage "chmod 600" as reader transfer list
  [[ $complaint == *ids/reader.key* ]] || fail "the key is not named: $complaint"
done
chmod 0600 ids/reader.key
expect 0 as reader transfer list

# ---- forks ------------------------------------------------------------------------------------------
stop_gateway TERM
cp -a data fork
cp -a data.guards fork.guards
start_gateway
transfer 2025
stop_gateway TERM
cp ids/sender.checkpoint files/verified

data=fork
start_gateway
size_of_fork() { sqlite3 -readonly "fork/conventions/$slug/audit.db" 'select size from head'; }
# forked: the sender speaks to that log no longer; it says why, and nothing is recorded.
forked() {
  local before
  before=$(size_of_fork)
  for attempt in 1 2; do
    refused FORK as sender transfer send "$exchange" files/2025.csv --party $fund --period 2025
    [[ $complaint == *"has forked"*"a bifurqué"* ]] || fail "the advice is missing: $complaint"
    [[ $complaint == *"$(sed -n 3p files/verified)"* ]] || fail "the verified note is not shown: $complaint"
  done
  [[ $(size_of_fork) -eq $before ]] || fail "something was sent into a forked log"
  cmp -s files/verified ids/sender.checkpoint || fail "the verified checkpoint was replaced"
  rm -f ids/sender.checkpoint.fork
}
# The other history is shorter than what was verified, then as long, then longer.
forked
accepted as reader transfer ack "$sent" --party $town
forked
expect 0 as reader transfer fetch "$sent" --out files/fetched.csv
forked

# A checkpoint of another hand, and one that was edited, are no memory.
sed 2s/.*/4/ files/verified >ids/sender.checkpoint
expect 1 as sender transfer send "$exchange" files/2025.csv --party $fund --period 2025
[[ $complaint == *ids/sender.checkpoint* ]] || fail "the edited checkpoint is not named: $complaint"
echo "exit codes, languages, JSON, names, keys and three forks"
