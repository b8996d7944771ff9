#!/usr/bin/env bash
# The gateway's clock is set back and forward while it serves. Behind its log by more than two minutes it
# records nothing and says so, reads on, and takes up by itself once the clock is right; set forward it
# accepts, and waits for the right clock to catch up. No record time ever goes back.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

library=$(compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' | head -n 1) || true
if [[ -z $library ]]; then
  echo "skipped: faketime is not installed"
  exit 77
fi
# The gateway alone lives in the time of files/clock, which changes while it runs; its intervals do not.
mkdir bin
cat >bin/passerelle-gateway <<END
#!/bin/sh
LD_PRELOAD=$library FAKETIME_TIMESTAMP_FILE=$tmp/files/clock FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 \\
  DONT_FAKE_MONOTONIC=1 exec "$build/gateway/server/passerelle-gateway" "\$@"
END
chmod +x bin/passerelle-gateway
PATH=$tmp/bin:$PATH
# set_clock SHIFT: by how much the gateway's clock is wrong. Replaced whole, for it is read at any time.
set_clock() {
  echo "$1" >files/clock.next
  mv files/clock.next files/clock
}
set_clock +0
found
start_gateway
join
approve

last_time='' sent=''
# records YEAR: a transfer is recorded, at no earlier time than the one before.
records() {
  transfer "$1"
  sent=$(name_of)
  local receipt
  receipt=$(field receipt)
  expect 0 cli --json receipt verify "$receipt" --log-key "$vkey"
  [[ ! $(field time) < $last_time ]] || fail "recorded at $(field time), after $last_time"
  last_time=$(field time)
}
entries() { sqlite3 -readonly "data/conventions/$slug/audit.db" 'select size from head'; }
# behind: acts are refused for the clock, freezes too, and nothing is recorded; what only reads is served.
behind() {
  local size
  size=$(entries)
  table files/late.csv 2030
  expect 3 as sender transfer send "$exchange" files/late.csv --party $fund --period 2030
  [[ $complaint == *CLOCK_BEHIND* ]] || fail "not said: $complaint"
  expect 3 as reader transfer fetch "$sent" --out files/none
  [[ $complaint == *CLOCK_BEHIND* && ! -e files/none ]] || fail "handed over without a record: $complaint"
  expect 3 as dpo exchange freeze "$exchange" --party $fund --reasons files/reasons.txt
  [[ $(entries) -eq $size ]] || fail "recorded with a clock behind the log"
  accepted as auditor receipt get "${sent%/*}"
  accepted as auditor party list
  expect 0 as sender transfer list
}

records 2024
# A little behind is borne: the record time waits.
set_clock -1m
records 2025
set_clock -10m
behind
# It starts like this too.
stop_gateway TERM
start_gateway
behind
set_clock +0
records 2026

# An hour forward: nothing tells the gateway that it is wrong; what was recorded then stays.
set_clock +60m
records 2027
set_clock +0
behind
# Until the right clock has all but caught up.
set_clock +59m
records 2028
set_clock +61m
records 2029
export_log export
stop_gateway TERM
[[ $stopped -eq 0 ]] || fail "it ended with $stopped"
echo "set back and forward: recorded when right, read always, no time goes back"
