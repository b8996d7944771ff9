#!/usr/bin/env bash
# A disk that fills up and a disk that can no longer be written, under a gateway that serves: on a file system
# of its own. Full but for the floor: what is new is refused before it is decided and nothing of it stays,
# freezes, key stops and erasures pass, reading goes on. Full to the last block: nothing is written or the
# process ends by itself, and what was acknowledged is there. With space again it serves on without a restart.
# Read-only: the process ends and says so, does not start, and has lost nothing afterwards.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

skip() {
  echo "skipped: $*"
  exit 77
}
[[ $EUID -eq 0 ]] || skip "only root may mount a file system"
PATH=$PATH:/usr/sbin:/sbin
command -v mkfs.ext4 >/dev/null || skip "no mkfs.ext4"
unmount() { ! mountpoint -q "$tmp/disk" || umount -l "$tmp/disk"; }
trap 'cd /; [[ -z $gateway_pid ]] || kill -KILL "$gateway_pid" 2>/dev/null; unmount; finish' EXIT

mib=$((1 << 20))
truncate -s 192M files/image
mkfs.ext4 -q -m 0 -b 4096 files/image
mkdir disk
trigger() { echo "/sys/fs/ext4/$(basename "$(findmnt -n -o SOURCE disk)")/trigger_fs_error"; }
mount_disk() { mount -o "loop,errors=remount-ro,$1" files/image disk; }
mount_disk rw 2>files/mount || skip "no loop device may be mounted here: $(<files/mount)"
[[ -w $(trigger) ]] || skip "ext4 lets nobody try an error of its device here"
mkdir -m 700 disk/data disk/guards
ln -s disk/data data
ln -s disk/guards data.guards

found
start_gateway
join
approve
database=data/conventions/$slug
entries() { sqlite3 -readonly "$database/audit.db" 'select size from head'; }
rows() { sqlite3 -readonly "$database/vault.db" 'select count(*) from items'; }
objects() { find "$database/objects" -type f | wc -l; }
phase() { as sender --json transfer list | jq -r --arg name "$1" '.[] | select(.name == $name) | .row.phase'; }
is_erased() { [[ $(phase "$1") == erased ]]; }
available() { df --output=avail -B1 disk | tail -n 1 | tr -d ' '; }
# leave BYTES: another file takes the rest of the disk; give_back: it goes.
leave() {
  give_back
  fallocate -l $(($(available) - $1)) disk/other
}
give_back() { rm -f disk/other; }
# denied REASON COMMAND...: not carried out, for that reason, and said with its mend.
denied() {
  expect 3 "${@:2}"
  [[ $complaint == *"$1"* ]] || fail "no $1 from: ${*:2} :: $complaint"
}
# unchanged COMMAND...: runs it, and nothing is recorded or kept by it.
unchanged() {
  local before after
  before="$(entries) $(rows) $(objects)"
  "$@"
  after="$(entries) $(rows) $(objects)"
  [[ $before == "$after" ]] || fail "entries, rows, objects were $before, are $after after: $*"
}

transfer 2024
first=$(name_of) place=$(field index) receipt=$(field receipt)
large_table files/large.csv 2025
table files/doomed.csv 2026
accepted as sender transfer send "$exchange" files/doomed.csv --party $fund --period 2026 \
  --destroy-after "$(in_log_time 8)"
doomed=$(name_of)

# ---- full but for the floor ---------------------------------------------------------------------------
leave $((48 * mib))
table files/2025.csv 2025
unchanged denied DISK_FULL as sender transfer send "$exchange" files/2025.csv --party $fund --period 2025
unchanged denied DISK_FULL as sender transfer send "$exchange" files/large.csv --party $fund --period 2025
unchanged denied DISK_FULL as steward exchange propose --party $fund --dataset $dataset --to $commune \
  --purpose $purpose --tag $tag --unit $unit --from "$today" --until $last_day --retain-until $last_day \
  --frequency yearly --reasons files/reasons.txt
# What hands over records, so it waits too; what only reads does not.
unchanged denied DISK_FULL as reader transfer fetch "$first" --out files/none
[[ ! -e files/none ]] || fail "a refused fetch left a file"
accepted as auditor receipt get "${first%/*}"
[[ $(field index) -eq $place ]] || fail "another place: $answer"
expect 0 cli receipt verify "$receipt" --log-key "$vkey"
accepted as auditor party list
# Stops and erasures are what the floor is for.
until_true 30 is_erased "$doomed" || fail "not erased on a full disk: $(phase "$doomed")"
accepted as dpo exchange freeze "$exchange" --party $fund --reasons files/reasons.txt
freeze=$(name_of)
unchanged denied DISK_FULL as steward exchange unfreeze "$freeze" --party $fund --reasons files/reasons.txt
accepted as representative agent stop "${fingerprint[answerable]}" --party $fund --cause lost

# Room again, and no restart.
give_back
accepted as steward exchange unfreeze "$freeze" --party $fund --reasons files/reasons.txt

# ---- full to the last block ---------------------------------------------------------------------------
# freeze: the first is accepted, one upon another noted; each is recorded.
freeze() {
  local code=0
  as dpo --json exchange freeze "$exchange" --party $fund --reasons files/reasons.txt || code=$?
  [[ $code -ne 4 ]] || code=0
  return $code
}
is_dead() { ! alive; }
# died: the gateway has ended by itself, because it could not tell what is durable, and has said so.
died() {
  until_true 30 is_dead 2>/dev/null || fail "the gateway goes on: $(tail -n 2 files/gateway.log)"
  stopped=0
  wait "$gateway_pid" 2>/dev/null || stopped=$?
  gateway_pid=
  [[ $stopped -eq 74 ]] || fail "the gateway ended with $stopped"
  tail -n 1 files/gateway.log | grep -q '"commit_failed"' || fail "it does not say why: $(tail -n 1 files/gateway.log)"
}

leave $((2 * mib))
dd if=/dev/zero of=disk/rest bs=4096 status=none 2>/dev/null || true
[[ $(available) -eq 0 ]] || fail "$(available) bytes are left"
: >files/acknowledged
for n in $(seq 60); do
  before="$(entries) $(rows)"
  code=0
  freeze >files/said 2>files/complaint || code=$?
  [[ $code -eq 0 ]] || break
  jq -r '[.name, .index] | @tsv' files/said >>files/acknowledged
done
[[ $code -eq 3 ]] || fail "$n acts on a full disk, then exit $code: $(<files/complaint)"
if alive; then
  [[ $(<files/complaint) == *DISK_FULL* || $(<files/complaint) == *LOG_FULL* ]] || fail "no reason: $(<files/complaint)"
  [[ "$(entries) $(rows)" == "$before" ]] || fail "something is left of what was refused: $before"
  rm -f disk/rest disk/other
else
  died
  rm -f disk/rest disk/other
  start_gateway
fi
expect 0 freeze
jq -r '[.name, .index] | @tsv' <<<"$answer" >>files/acknowledged

# ---- read-only ----------------------------------------------------------------------------------------
# What ext4 does by itself upon an error of its device.
echo 1 >"$(trigger)"
expect 3 freeze
died
# does_not_start: says which file it cannot write.
does_not_start() {
  expect 1 timeout 60 passerelle-gateway --data data --listen 127.0.0.1:0 --certificate ids/gateway.pem \
    --key ids/gateway.key --port-file files/none
  [[ $complaint == *"Read-only file system"* ]] || fail "not said: $complaint"
  [[ ! -e files/none ]] || fail "it listened"
}
does_not_start
umount disk
e2fsck -fy files/image >files/fsck 2>&1 || true
mount_disk ro
does_not_start
umount disk
mount_disk rw
start_gateway
while IFS=$'\t' read -r name index; do
  accepted as auditor receipt get "${name%/*}"
  [[ $(field index) -eq $index ]] || fail "another place: $answer instead of $index"
done <files/acknowledged
expect 0 freeze
export_log export
stop_gateway TERM
echo "full, to its floor and to its last block ($n acts), and read-only: nothing lost, nothing half done"
