#!/usr/bin/env bash
# A gateway killed in the middle of its work loses nothing that it acknowledged: senders and readers call it
# while it is killed, again and again, where a thread makes something durable, at any other moment, and while
# it starts. After each kill every receipt ever given holds against the restarted log: the log's key signed its
# checkpoint, the tree that this names is the beginning of the log's, its entry stands where it says. Nobody is
# left in doubt. At the end the whole log is exported and verified, and every receipt by itself.
# With PASSERELLE_KILL_ROUNDS it is killed another number of times (200 in the long run); the moments come
# from PASSERELLE_SEED, which is printed.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

rounds=${PASSERELLE_KILL_ROUNDS:-5}
seed=${PASSERELLE_SEED:-$(($(date +%s) % 32768))}
RANDOM=$seed
trap 'fail "line $LINENO: $BASH_COMMAND (PASSERELLE_SEED=$seed)"' ERR
found
start_gateway
join
approve

# note_answer JSON: each answer of the gateway is one line: name, entry, receipt.
note_answer() {
  printf '%s\t%s\t%s\n' "$(field name "$1")" "$(field index "$1")" "$(field receipt "$1")" >>files/acknowledged
}
# keep_sending, keep_reading: until the gateway no longer answers. The exit code is the last call's.
keep_sending() {
  local said code year=2000
  while true; do
    year=$((year + 1))
    table "files/send-$1.csv" $year
    code=0
    said=$(as sender --json transfer send "$exchange" "files/send-$1.csv" --party $fund --period $year \
      2>"files/sender-$1.said") || code=$?
    [[ $code -eq 0 ]] || return $code
    note_answer "$said"
    echo "$(field name "$said")" >>files/sent
  done
}
keep_reading() {
  local said code name
  while true; do
    if ! read -r name; then
      alive || return 3
      sleep 0.05
      continue
    fi
    code=0
    said=$(as reader --json transfer fetch "$name" --out files/read.csv 2>files/reader.said) || code=$?
    [[ $code -eq 0 ]] || return $code
    note_answer "$said"
    said=$(as reader --json transfer ack "$name" --party $town 2>files/reader.said) || code=$?
    [[ $code -eq 0 ]] || return $code
    note_answer "$said"
  done <files/sent
}
has_answered() { [[ $(wc -l <files/acknowledged) -ge $1 ]]; }
is_dead() { ! alive; }

# holds.py VKEY LOG NEW: verifies and takes down what the receipts of NEW say, then holds everything ever taken
# down against the log, a database or an export.
cat >files/holds.py <<'END'
import base64, hashlib, pathlib, re, sqlite3, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

signer, _, public = sys.argv[1].split("+", 2)
public = Ed25519PublicKey.from_public_bytes(base64.b64decode(public)[1:])

def opened(note):
    """Size and root of a checkpoint, once its signature verifies."""
    text, lines = note.split("\n\n")
    blob = re.search(rf"^\u2014 {re.escape(signer)} (\S+)$", lines, re.M)[1]
    public.verify(base64.b64decode(blob)[4:], text.encode() + b"\n")
    return text.split("\n")[1:3]

def of_database(path):
    rows = sqlite3.connect(f"file:{path}?mode=ro", uri=True).execute("select idx, bytes from entries order by idx")
    for at, (index, entry) in enumerate(rows):
        assert at == index, f"entry {at} is missing"
        yield entry

def of_export(folder):
    for path in sorted(p for p in (folder / "tile/entries").rglob("*") if p.is_file()):
        bundle = path.read_bytes()
        while bundle:
            size = 2 + int.from_bytes(bundle[:2], "big")
            yield bundle[2:size]
            bundle = bundle[size:]

def hashed(prefix, *parts):
    return hashlib.sha256(prefix + b"".join(parts)).digest()

def roots_of(entries):
    """The root of the first 1, 2, ... entries (RFC 6962)."""
    peaks, roots = [], [hashlib.sha256().digest()]
    for entry in entries:
        level, node = 0, hashed(b"\0", entry)
        while peaks and peaks[-1][0] == level:
            level, node = level + 1, hashed(b"\1", peaks.pop()[1], node)
        peaks.append((level, node))
        root = node
        for _, left in reversed(peaks[:-1]):
            root = hashed(b"\1", left, root)
        roots.append(root)
    return roots

ever = pathlib.Path("files/ever")
with open(ever, "a") as memory:
    for line in open(sys.argv[3]):
        name, index, receipt = line.rstrip("\n").split("\t")
        proof, note = pathlib.Path(receipt).read_text().split("\n\n", 1)
        assert re.search(r"^index (\d+)$", proof, re.M)[1] == index, receipt
        print(index, re.search(r"^extra (.*)$", proof, re.M)[1], *opened(note), file=memory)
log = pathlib.Path(sys.argv[2])
entries = list(of_export(log) if log.is_dir() else of_database(log))
roots = roots_of(entries)
for line in open(ever):
    index, extra, size, root = line.split()
    assert int(size) < len(roots), f"{size} entries were signed, the log has {len(entries)}"
    assert entries[int(index)] == base64.b64decode(extra), f"entry {index} is not that of its receipt"
    assert roots[int(size)] == base64.b64decode(root), f"the first {size} entries are not those that were signed"
print(len(entries))
END

holds() { /usr/bin/python3 files/holds.py "$vkey" "$@"; }

# strike ROUND: one kill. Where the gateway may be traced, every other time as one of its threads makes something
# durable, so that a caller waits for just that; the others at whatever it does then.
strike() {
  if [[ $(($1 % 2)) -eq 1 ]] && kill_at_write $((1 + RANDOM % 6)) 2>/dev/null; then
    until_true 60 is_dead 2>/dev/null || fail "the gateway writes nothing"
    killed
    traced=yes
  else
    sleep "0.$(printf '%03d' $((RANDOM % 200)))"
    stop_gateway KILL
  fi
}
# strike_start: one kill while it starts.
strike_start() {
  passerelle-gateway --data "$data" --listen 127.0.0.1:0 --certificate "$certificate.pem" \
    --key "$certificate.key" 2>>files/gateway.log &
  gateway_pid=$!
  sleep "0.$(printf '%03d' $((RANDOM % 100)))"
  stop_gateway KILL
}

: >files/acknowledged
doubts=0 traced=no
# A few more where nobody was in doubt yet.
for round in $(seq $((rounds + 5))); do
  [[ $round -le $rounds || ($traced == yes && $doubts -eq 0) ]] || break
  : >files/sent
  before=$(wc -l <files/acknowledged)
  keep_sending 1 &
  first=$!
  keep_sending 2 &
  second=$!
  keep_reading &
  third=$!
  until_true 60 has_answered $((before + 1 + RANDOM % 3)) || fail "the gateway does not answer: $(cat files/*.said)"
  strike "$round"
  for caller in $first $second $third; do
    code=0
    wait "$caller" || code=$?
    [[ $code -eq 3 ]] || fail "a caller of the killed gateway ended with $code: $(cat files/*.said)"
  done
  [[ $((round % 4)) -ne 0 ]] || strike_start
  start_gateway
  # Who was left in doubt asks: the act is recorded or it is not, and both are said.
  for digest in $(cat files/*.said | grep -o 'OUTCOME_UNKNOWN [0-9a-f]\{64\}' | cut -d' ' -f2); do
    code=0
    for who in sender reader; do
      as $who --json receipt get "$digest" >files/doubt 2>files/doubt.said && break || code=$?
      [[ $code -eq 1 ]] || fail "no clear answer to a doubt: $(cat files/doubt.said)"
    done
    doubts=$((doubts + 1))
  done
  rm -f files/*.said
  tail -n "+$((before + 1))" files/acknowledged >files/new
  holds "data/conventions/$slug/audit.db" files/new >files/entries ||
    fail "an acknowledged act is not in the restarted log (PASSERELLE_SEED=$seed)"
  # The last one, as its caller asks again: at the same place, consistent with what it has seen.
  IFS=$'\t' read -r name index receipt < <(tail -n 1 files/new)
  accepted as auditor receipt get "${name%/*}"
  [[ $(field index) == "$index" ]] || fail "another place: $answer instead of $index"
  [[ $((round % 20)) -ne 0 ]] || echo "$round kills, $(wc -l <files/acknowledged) acts, $(<files/entries) entries"
done
[[ $traced == no || $doubts -gt 0 ]] || fail "killed in the middle of commits, and nobody was in doubt"

export_log export
holds export /dev/null >files/entries || fail "an acknowledged act is not in the exported log"
cut -f3 files/acknowledged | xargs -P 2 -n 1 passerelle receipt verify --log-key "$vkey" >files/verified ||
  fail "a receipt no longer verifies (PASSERELLE_SEED=$seed)"
[[ $(grep -c . files/verified) -eq $(wc -l <files/acknowledged) ]] || fail "not every receipt was verified"
echo "$((round - 1)) kills (seed $seed), $(wc -l <files/acknowledged) acknowledged acts kept, $doubts doubts answered," \
  "$(<files/entries) entries"
