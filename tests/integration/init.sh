#!/usr/bin/env bash
# A first installation by questions: at a terminal `init` asks what it was not told, offers what is likely, asks
# again after a bad answer, and the founding that comes of it is served. Elsewhere it names what is missing.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

expect 0 cli pki init pki --name "Passerelle TEST"
for who in "${founders[@]}"; do issue "$who" person; done
expect 0 cli pki issue --ca pki --out ids/gateway --dns localhost --ip 127.0.0.1
cp "$convention.textproto" "$convention.settings.textproto" files/
file=files/$(basename "$convention").textproto

# Without a terminal.
given=()
for pair in "--data=data" "--convention=$file" "--settings=${file/.textproto/.settings.textproto}" \
  "--origin=passerelle.example/test" "--founder=secretariat:$town:${agent[secretariat-a]}:ids/secretariat-a.spki"; do
  expect 2 cli init "${given[@]}" </dev/null
  [[ $complaint == *OPTION_MISSING*"${pair%%=*}"* ]] || fail "${pair%%=*} is not named: $complaint"
  given+=("${pair%%=*}" "${pair#*=}")
done
[[ ! -e data ]] || fail "something was made before all was known"

# asked ANSWER...: runs init on a terminal of its own and types the answers, one a question.
asked() {
  /usr/bin/python3 - "$@" <<'PYTHON'
import os, pty, re, select, sys, time

answers = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp("passerelle", ["passerelle", "--lang", "en", "init", "--shift-days", os.environ["SHIFT_DAYS"]])
seen, waiting, deadline = b"", b"", time.monotonic() + 120
while time.monotonic() < deadline:
    if not select.select([terminal], [], [], 1)[0]:
        continue
    try:
        got = os.read(terminal, 4096)
    except OSError:  # the other end is closed
        break
    if not got:
        break
    seen += got
    waiting += got
    # A question ends in " : " and waits.
    if re.search(rb" : $", waiting):
        waiting = b""
        os.write(terminal, (answers.pop(0) if answers else "\x04").encode() + (b"\n" if answers or not seen.endswith(b"\x04") else b""))
sys.stdout.write(seen.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PYTHON
}
export SHIFT_DAYS=$shift_days
expect 0 asked '' files/no-such-file "$file" '' perhaps '' '' '' \
  ids/no-such.spki ids/secretariat-a.spki '' ids/secretariat-b.spki '' ids/countersigner-a.spki '' \
  ids/countersigner-b.spki ''
for words in 'Data directory [data]' FILE_MISSING "[${file/.textproto/.settings.textproto}]" VALUE_UNKNOWN \
  'TLS trust anchor (PEM) [pki/ca.pem]' "/$slug/test]" "secretariat 1/2 ($town)" "countersigner 2/2 ($fund)" \
  "[${agent[countersigner-b]}]"; do
  [[ $answer == *"$words"* ]] || fail "not asked or not offered: $words :: $answer"
done
[[ -s founding.json ]] || fail "no file to sign: $answer"
for who in "${founders[@]}"; do expect 0 cli sign founding.json --key "ids/$who.key"; done
expect 0 cli init --data data --enact founding.json --pin files/pins.json
log=$(field log "$(<files/pins.json)")
people=() services=()
start_gateway
expect 0 as secretariat-a party list --json
[[ $(jq length <<<"$answer") -eq ${#parties[@]} ]] || fail "not the convention: $answer"
expect 0 as secretariat-a doctor
stop_gateway TERM
echo "asked, founded, served"
