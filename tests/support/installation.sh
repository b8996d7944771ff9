# A small installation of the invented convention of tests/testdata, for the scripts of tests/integration,
# which source this file:
#
#   source "$(dirname "$0")/../support/installation.sh"
#   begin "$1"                    # a folder of our own, $tmp, removed at the end; we stand in it
#   found; start_gateway; join    # PKI and founding; a gateway on a free port; adhesions and people
#   approve                       # one dataset and one approved exchange, whose name is $exchange; or its
#   declare_dataset; propose      # first steps alone
#
# A script that plays in another convention says so between the first two lines: the variables below, from
# `convention` to `codes`, are what installation.sh knows of this one.
#
# Everything is synthetic: no such place, body, person or figure exists.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# The convention's files, without their endings; its slug, and where it begins, stands and ends for the tests.
convention=$root/tests/testdata/conventions/ctg-testville
slug=ctg-testville-2024-2029
window=(2024-02-01 2026-03-02 2029-06-30) last_day=2029-12-31
# Who holds, who receives, who only asks; everyone; when they joined.
fund=p001 town=p002 commune=p003
parties=(p001 p002 p003 p004 p005 p006)
deliberated_on=2023-12-13 joined_on=2024-01-09
# The dataset, and the closed codes it uses.
dataset=$fund/enfants
unit=stats purpose=I-1 tag=axe-1 subject=enfants threshold=5
codes=(01991 01992 01993)
founders=(secretariat-a secretariat-b countersigner-a countersigner-b)
people=(representative steward dpo decider answerable town-representative town-answerable auditor requester)
services=(sender reader)
declare -A agent fingerprint
# Of the services' keys, where one is not Ed25519.
declare -A key_types
gateway_pid=
certificate=ids/gateway
data=data
quality="TEST invented representative"
sheet=$root/gateway/docs/example/fiche-registre.json

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

finish() {
  if [[ -n $gateway_pid ]]; then
    kill -KILL "$gateway_pid" 2>/dev/null || true
    wait "$gateway_pid" 2>/dev/null || true
  fi
  cd /
  rm -rf "$tmp"
}

# begin BUILD: makes $tmp and finds the programs; $build is the tree they come from, $sanitized the sanitizer
# that they were built with, if any.
begin() {
  build=$(cd "$1" && pwd)
  PATH=$build/gateway/cli:$build/gateway/server:$build/tests/support:$PATH
  sanitized=$(sed -n 's/^PASSERELLE_SANITIZE:STRING=//p' "$build/CMakeCache.txt")
  tmp=$(mktemp -d)
  trap finish EXIT
  trap 'fail "line $LINENO: $BASH_COMMAND"' ERR
  cd "$tmp"
  mkdir ids files receipts
  # Inside the invented convention, whatever today is.
  today=$(date -u +%F)
  shift_days=0 shift_s=0
  if [[ $today < ${window[0]} || $today > ${window[2]} ]]; then
    shift_days=$((($(date -u -d "${window[1]}" +%s) - $(date -u -d "$today" +%s)) / 86400))
    today=$(date -u -d "$today $shift_days days" +%F) shift_s=$((shift_days * 86400))
  fi
}

# in_log_time SECONDS: that many seconds from now, as the log's clock will say it.
in_log_time() { date -u -d "@$(($(date +%s) + shift_s + $1))" +%FT%TZ; }

cli() { passerelle --lang en --receipts "$tmp/receipts" "$@"; }

# as WHO COMMAND...: with the profile of WHO.
as() {
  local who=$1
  shift
  cli --profile "$tmp/ids/$who.json" "$@"
}

# expect CODE COMMAND...: demands the exit code; what it said is in $answer and $complaint.
expect() {
  local wanted=$1 got=0
  shift
  answer=$("$@" 2>files/complaint) || got=$?
  complaint=$(<files/complaint)
  [[ $got -eq $wanted ]] || fail "exit $got, not $wanted, of: $* :: ${answer:0:600} ${complaint:0:1200}"
}

# accepted COMMAND...: as JSON; refused FINDING COMMAND...: with that finding or reason; misused REASON COMMAND...: what
# was typed or the files at hand do not do.
accepted() { expect 0 "$@" --json; }
misused() {
  local reason=$1
  shift
  expect 2 "$@"
  [[ $complaint == *"$reason"* ]] || fail "no $reason from: $* :: ${complaint:0:1200}"
}
refused() {
  local finding=$1
  shift
  expect 1 "$@"
  [[ $complaint == *"$finding"* ]] || fail "no $finding from: $* :: ${complaint:0:1200}"
}
# field NAME [JSON]: a text or number of a flat JSON object, by default of the answer. jq takes 40 ms to start.
field() {
  local json=${2:-$answer}
  [[ $json =~ \"$1\":[[:space:]]*\"?([^\",}]*) ]] || fail "no $1 in ${json:0:600}"
  printf '%s' "${BASH_REMATCH[1]}"
}
name_of() { field name; }

# until_true SECONDS COMMAND...: asks again and again; false when the time is over.
until_true() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [[ $SECONDS -lt $deadline ]] || return 1
    sleep 0.05
  done
}

# issue WHO KIND [TYPE]: a key and its certificate.
issue() {
  local issued
  issued=$(cli --json pki issue --ca pki --out "ids/$1" --convention $slug --environment test --kind "$2" \
    --key-type "${3:-p256}")
  agent[$1]=$(field agent "$issued")
  fingerprint[$1]=$(field fingerprint "$issued")
}

# profile WHO TARGET [PINS [NAME]]: a profile with WHO's key and certificate, of the log that PINS says, by default
# that of `found`; called WHO unless NAME says otherwise. Without a process of its own: each start of a
# gateway writes all of them.
profile() {
  local json name=${4:-$1}
  json=$(<"${3:-files/pins.json}")
  json=${json/'"target": "'/'"target": "'$2}
  json=${json/'"ca_file": "'/'"ca_file": "'../pki/ca.pem}
  json=${json/'"certificate_file": "'/'"certificate_file": "'$1.pem}
  json=${json/'"key_file": "'/'"key_file": "'$1.key}
  printf '%s\n' "${json/'"checkpoint_file": "'/'"checkpoint_file": "'$name.checkpoint}" >"ids/$name.json"
}

# found: PKI, everyone's keys, entry 0. The name of the log is $log.
found() {
  local who
  cli pki init pki --name "Passerelle TEST" >/dev/null
  cli pki issue --ca pki --out ids/gateway --dns localhost --ip 127.0.0.1 >/dev/null
  for who in "${founders[@]}" "${people[@]}"; do issue "$who" person; done
  for who in "${services[@]}"; do issue "$who" service "${key_types[$who]:-ed25519}"; done
  documents
  enact $slug files/pins.json
  log=$(field log "$(<files/pins.json)")
  vkey=$(field checkpoint_vkey "$(<files/pins.json)")
}

# prepare SLUG: the keys of a convention under that slug, and its founding in files/founding.json.
prepare() {
  sed "s/$slug/$1/" "$convention.textproto" >files/convention.textproto
  expect 0 cli init --data data --convention files/convention.textproto \
    --settings "$convention.settings.textproto" --environment test \
    --origin "passerelle.example/$1/test" --anchor pki/ca.pem --shift-days "$shift_days" \
    --out files/founding.json \
    --founder "secretariat:$town:${agent[secretariat-a]}:ids/secretariat-a.spki" \
    --founder "secretariat:$town:${agent[secretariat-b]}:ids/secretariat-b.spki" \
    --founder "countersigner:$fund:${agent[countersigner-a]}:ids/countersigner-a.spki" \
    --founder "countersigner:$fund:${agent[countersigner-b]}:ids/countersigner-b.spki"
}
# enact SLUG PINS: founds the convention under that slug; what partners pin goes to PINS.
enact() {
  local who
  prepare "$1"
  for who in "${founders[@]}"; do expect 0 cli sign files/founding.json --key "ids/$who.key"; done
  expect 0 cli init --data data --enact files/founding.json --pin "$2"
}

# documents: the papers that acts commit to; a test may put its own words into them.
documents() {
  local name
  for name in deed person reasons title agreement; do
    printf 'TEST. Invented %s.\n' "$name" >"files/$name.txt"
  done
}

# start_gateway [OPTION...]: on the folder $data with $certificate, on a free port; every profile names it.
start_gateway() {
  local who
  rm -f files/port
  passerelle-gateway --data "$data" --listen 127.0.0.1:0 --certificate "$certificate.pem" \
    --key "$certificate.key" --port-file files/port "$@" 2>>files/gateway.log &
  gateway_pid=$!
  until_true 60 gateway_spoke
  [[ -s files/port ]] || fail "the gateway did not start: $(tail -n 3 files/gateway.log)"
  port=$(<files/port)
  for who in "${founders[@]}" "${people[@]}" "${services[@]}"; do profile "$who" "localhost:$port"; done
}
gateway_spoke() { [[ -s files/port ]] || ! kill -0 "$gateway_pid" 2>/dev/null; }

# stop_gateway SIGNAL: its exit code is in $stopped.
stop_gateway() {
  stopped=0
  kill "-$1" "$gateway_pid"
  wait "$gateway_pid" 2>/dev/null || stopped=$?
  gateway_pid=
}

# start_refuses WORDS...: a gateway started now does not serve that convention, says so with these words, and
# serves its neighbour, the slug $neighbour, all the same.
start_refuses() {
  local words said
  : >files/gateway.log
  start_gateway
  said=$(grep '^passerelle-gateway' files/gateway.log) || fail "the gateway does not say what is wrong, but: $*"
  for words in "$@"; do [[ $said == *"$words"* ]] || fail "not said: $words: $said"; done
  [[ $said != *$neighbour* ]] || fail "the neighbour is refused too"
  grep -q "\"convention_opened\",\"convention\":\"$neighbour\"" files/gateway.log || fail "the neighbour is not served"
  ! grep -q "\"convention_opened\",\"convention\":\"$slug\"" files/gateway.log || fail "served all the same: $*"
  expect 3 as auditor party list
  [[ $complaint == *CONVENTION_STOPPED* ]] || fail "no CONVENTION_STOPPED: $complaint"
  stop_gateway TERM
  [[ $stopped -eq 0 ]] || fail "the gateway ended with $stopped"
}

# kill_at_write N: from now on the gateway dies where one of its threads begins its Nth write to disk. False
# where no process may trace another.
kill_at_write() {
  : >files/strace.said
  strace -f -p "$gateway_pid" -o files/strace -e trace=fdatasync,fsync \
    -e "inject=fdatasync,fsync:signal=KILL:when=$1" 2>>files/strace.said &
  strace_pid=$!
  until_true 20 strace_spoke
  grep -q attached files/strace.said
}
strace_spoke() { grep -q attached files/strace.said || ! kill -0 "$strace_pid" 2>/dev/null; }
alive() { kill -0 "$gateway_pid" 2>/dev/null; }
# killed: takes note of the gateway's death.
killed() {
  wait "$strace_pid" "$gateway_pid" 2>/dev/null || true
  gateway_pid=
}

both_sign() {
  expect 0 as secretariat-a sign "$1"
  expect 0 as countersigner-a sign "$1"
}

request() {
  expect 0 cli agent request --key "ids/$1.key" --agent "${agent[$1]}" --kind "$2" --log "$log" \
    --out "files/$1.request.json"
}

# join: every party adheres; people and systems are enrolled and mandated.
join() {
  local party who file signers=${fingerprint[secretariat-a]},${fingerprint[countersigner-a]}
  echo 'party;deliberated_on;signed_on;agent;from;quality' >files/adhesions.csv
  for party in "${parties[@]}"; do
    case $party in
      "$fund") who=${agent[representative]} ;;
      "$town") who=${agent[town-representative]} ;;
      *) who=$(printf 'test %s' "$party" | sha256sum | cut -c1-32) ;;
    esac
    echo "$party;$deliberated_on;$joined_on;$who;$joined_on;$quality" >>files/adhesions.csv
  done
  expect 0 as secretariat-a party adhere-all files/adhesions.csv --deliberation files/deed.txt \
    --signature files/deed.txt --signers "$signers" --out files/adhesions
  for file in $answer; do
    both_sign "$file"
    accepted as secretariat-a submit "$file"
  done
  for who in "${people[@]}"; do request "$who" person; done
  for who in "${services[@]}"; do request "$who" service; done
  by_deed() { expect 0 as secretariat-a "$@" --add-to files/people.json --signers "$signers"; }
  by_deed deed record --party $fund --kind mandate --dated $joined_on --document files/deed.txt
  by_deed agent enrol files/representative.request.json --party $fund --under-deed @0
  by_deed deed record --party $town --kind mandate --dated $joined_on --document files/deed.txt
  by_deed agent enrol files/town-representative.request.json --party $town --under-deed @2
  by_deed agent enrol files/auditor.request.json --party $town --under-deed @2
  by_deed mandate give --party $town --agent "${agent[auditor]}" --role log_auditor --from "$today" \
    --until $last_day --person files/person.txt --under-deed @2
  by_deed deed record --party $commune --kind mandate --dated $joined_on --document files/deed.txt
  by_deed agent enrol files/requester.request.json --party $commune --under-deed @6
  by_deed mandate give --party $commune --agent "${agent[requester]}" --role requester --from "$today" \
    --person files/person.txt --under-deed @6
  both_sign files/people.json
  accepted as secretariat-a submit files/people.json
  wait_for_deeds
  join_fund
  join_town
}

# wait_for_deeds: until what rests on a deed is in force; at once in this convention.
wait_for_deeds() { :; }

join_fund() {
  local who pair
  add() { expect 0 as representative "$@" --add-to files/fund.json; }
  for who in steward dpo decider answerable sender; do
    add agent enrol "files/$who.request.json" --party $fund
  done
  for pair in steward:steward dpo:dpo decider:decider sender:answerable; do
    add mandate give --party $fund --agent "${agent[${pair#*:}]}" --role "${pair%:*}" --from "$today" \
      --person files/person.txt
  done
  add mandate give --party $fund --agent "${agent[sender]}" --role sender --from "$today" \
    --dataset $dataset --answerable "${agent[answerable]}"
  expect 0 as representative sign files/fund.json
  accepted as representative submit files/fund.json
}

join_town() {
  add() { expect 0 as town-representative "$@" --add-to files/town.json; }
  add agent enrol files/town-answerable.request.json --party $town
  add agent enrol files/reader.request.json --party $town
  add mandate give --party $town --agent "${agent[town-answerable]}" --role reader --unit $unit \
    --from "$today" --agreement files/agreement.txt --agreement-on $joined_on --person files/person.txt
  add mandate give --party $town --agent "${agent[reader]}" --role reader --unit $unit \
    --from "$today" --dataset $dataset --answerable "${agent[town-answerable]}"
  expect 0 as town-representative sign files/town.json
  accepted as town-representative submit files/town.json
}

# declare_dataset: a dataset of three columns.
declare_dataset() {
  cat >files/dataset.textproto <<END
slug: "$dataset"
version: 1
lane: LANE_AGGREGATE
purposes: "$purpose"
tags: "$tag"
data_subjects: "$subject"
units: "$unit"
threshold: $threshold
retain_until { $(date -d "$last_day" +'year: %Y month: %-m day: %-d') }
geography_year: 2024
fields { name: "annee" type: FIELD_TYPE_YEAR }
fields { name: "code_insee" type: FIELD_TYPE_COMMUNE }
fields { name: "enfants" type: FIELD_TYPE_COUNT }
END
  accepted as steward dataset declare files/dataset.textproto --party $fund --title files/title.txt
}

# propose --to PARTY | --to-class CODE: an exchange of that dataset; $answer is the CLI's.
propose() {
  accepted as steward exchange propose --party $fund --dataset $dataset "$@" --purpose $purpose \
    --tag $tag --unit $unit --from "$today" --until $last_day --retain-until $last_day \
    --frequency yearly --reasons files/reasons.txt
}

# approve: that dataset, proposed to the town, approved, recorded. The exchange's name is $exchange.
approve() {
  declare_dataset
  propose --to $town
  exchange=$(name_of)
  accepted as dpo exchange opinion "$exchange" --party $fund --opinion favourable --reasons files/reasons.txt
  accepted as decider exchange decide "$exchange" --party $fund --verdict approved --reasons files/reasons.txt
  accepted as steward register record "$exchange" --party $fund --reference ctg/enfants \
    --legal-basis public_task --review-on $last_day --sheet "$sheet"
}

# table FILE YEAR: a synthetic file of that dataset.
table() {
  printf 'annee;code_insee;enfants\n' >"$1"
  local i counts=(120 38 0)
  for i in "${!codes[@]}"; do echo "$2;${codes[i]};${counts[i]}" >>"$1"; done
}

# large_table FILE YEAR: one of more than a mebibyte, which goes as a stream.
large_table() {
  awk -v year="$2" -v code="${codes[0]}" \
    'BEGIN {print "annee;code_insee;enfants"; for (i = 0; i < 80000; i++) print year ";" code ";120"}' >"$1"
}

# transfer YEAR: sends a table; $answer is the CLI's.
transfer() {
  table "files/$1.csv" "$1"
  accepted as sender transfer send "$exchange" "files/$1.csv" --party $fund --period "$1"
}

# export_log FOLDER: the whole log, by its auditor, and the offline verdict on it, every decision taken again.
# Each test ends its log so.
export_log() {
  expect 0 as auditor audit export "$1"
  expect 0 cli audit verify "$1" --log "$log" --redecide
}

# build_go NAME: the Go program tests/integration/go_NAME/NAME.go, in $tmp/NAME. Skips the test where Debian's Go is
# missing.
build_go() {
  if ! command -v go >/dev/null || [[ ! -d /usr/share/gocode/src/golang.org/x/mod/sumdb/note ]]; then
    echo "golang-go or golang-golang-x-mod-dev is not installed"
    exit 77
  fi
  go_settings
  GOPATH=/usr/share/gocode go build -o "$tmp/$1" "$root/tests/integration/go_$1/$1.go"
}

# go_settings: Debian's packages alone, and what was compiled once is kept.
go_settings() { export GO111MODULE=off GOFLAGS='' GOCACHE=$root/build/go; }
