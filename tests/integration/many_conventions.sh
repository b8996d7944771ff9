#!/usr/bin/env bash
# Three conventions in one process that keeps one in memory: each rests, wakes when it is asked for and knows all
# it knew; one key is enrolled in each of them; the failure of one leaves its neighbours serving.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

others=(ctg-otherville-2024-2029 ctg-thirdville-2024-2029)
found
for other in "${others[@]}"; do enact "$other" "files/$other.json"; done
# at SLUG COMMAND...: as a founder, whose key is the same everywhere.
at() {
  local slug=$1
  shift
  profile secretariat-a "localhost:$port" "files/$slug.json" "$slug"
  cli --profile "ids/$slug.json" "$@"
}
cp files/pins.json "files/$slug.json"
metric() {
  curl -fsS "http://127.0.0.1:$(jq -r 'select(.event == "metrics_ready").port' <files/gateway.log | tail -n 1)/metrics" |
    sed -n "s/^$1 //p"
}
one_is_awake() { [[ $(metric passerelle_conventions_active) -le 1 ]]; }

start_gateway --awake 1 --metrics 127.0.0.1:0
[[ $(metric passerelle_conventions_registered) -eq 3 ]] || fail "$(metric passerelle_conventions_registered) registered"
[[ $(metric passerelle_conventions_active) -eq 0 ]] || fail "a founded convention need not be opened at the start"
# All that becomes of the first goes on in the others' company.
join
approve
transfer 2024
first=$(name_of)
for round in 1 2 3; do
  for other in "${others[@]}" $slug; do
    expect 0 at "$other" convention show --json
    [[ $answer == *"$other"* ]] || fail "not $other: ${answer:0:300}"
  done
done
until_true 30 one_is_awake || fail "$(metric passerelle_conventions_active) conventions stay awake"
accepted as reader transfer fetch "$first" --out files/fetched.csv
cmp files/2024.csv files/fetched.csv || fail "the fetched file differs"
# An act in another one, on its own log.
expect 0 at "${others[0]}" deed record --party $fund --kind mandate --dated $joined_on --document files/deed.txt \
  --add-to files/other-deed.json --signers "${fingerprint[secretariat-a]},${fingerprint[countersigner-a]}"
export_log export
stop_gateway TERM
[[ $stopped -eq 0 ]] || fail "it ended with $stopped"

# One of them is damaged: an entry is not the one that was signed.
sqlite3 "data/conventions/${others[1]}/audit.db" "update entries set bytes = zeroblob(length(bytes)) where idx = 0"
for awake in 1 128; do
  start_gateway --awake $awake --metrics 127.0.0.1:0
  expect 3 at "${others[1]}" convention show
  [[ $complaint == *CONVENTION_STOPPED* ]] || fail "not said: $complaint"
  expect 0 at "${others[0]}" convention show
  expect 0 at $slug convention show
  accepted as reader transfer fetch "$first" --out files/again.csv
  rm files/again.csv
  grep -q '"convention_stopped"' files/gateway.log || fail "the operator's log does not say it"
  stop_gateway TERM
done
echo "three conventions, one awake at a time; one damaged, two served"
