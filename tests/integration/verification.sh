#!/usr/bin/env bash
# The auditor's guide (gateway/docs/verification.md), command by command as it stands there, in both languages: an
# export is verified with passerelle, with Go and with openssl alone, and openssl rejects what was changed. The tests that
# threats.md names are there.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

# Every test that threats.md names is there.
while read -r name; do
  file=${name%%:*} case=${name#*: }
  [[ -s $root/$file ]] || fail "threats.md names $file"
  [[ $case == "$name" ]] || grep -q "^TEST.*[ ,]$case)" "$root/$file" || fail "threats.md names $name"
done < <(grep -o '`tests/[^`]*`' "$root/gateway/docs/threats.md" | tr -d '`')

build_go verify
guide=$root/gateway/docs/verification.md
found
start_gateway
join
approve
transfer 2024
export_log export
stop_gateway TERM

# commands: every line of the guide's blocks, the log's name put in; twice, once a language.
commands() { sed -n '/^```$/,/^```$/{/^```$/!p}' "$guide" | sed "s/ NOM\b/ $log/; s/ NAME\b/ $log/"; }
[[ $(commands | sort | uniq -c | awk '$1 != 2' | wc -l) -eq 0 ]] || fail "the two languages differ in their commands"
mkdir -p tests/integration gateway
cp -r "$root/tests/integration/go_verify" tests/integration/
cp -r "$root/gateway/docs" gateway/docs
while read -r command; do
  expect 0 bash -euc "$command"
  case $command in
    passerelle*) [[ $answer == *VERIFIED* || $answer == *VÉRIFIÉ* ]] ;;
    *verify_export*) [[ $answer == "ACCEPTED: $(sed -n 2p export/checkpoint) entries"*"as it was pinned" ]] ;;
    ./verify*) [[ $answer == accepted:* ]] ;;
  esac || fail "no verdict of $command: $answer"
done < <(commands | head -n $(($(commands | wc -l) / 2)))

# openssl alone rejects twenty and more changes: of bytes of entries, of the checkpoint's three lines and signature,
# of the key; entries cut, added, exchanged, taken away.
bundle=$(cd export && find tile/entries -type f)
rejected=0
rejects() {
  expect 1 "$root/gateway/docs/verify_export.sh" copy "$log"
  [[ $answer == REJECTED:* ]] || fail "no reason: $answer $complaint"
  rejected=$((rejected + 1))
  rm -rf copy
  cp -r export copy
}
cp -r export copy
flip() { # flip FILE OFFSET: another byte there
  local byte
  byte=$(od -An -tu1 -j "$2" -N 1 "$1")
  printf '%b' "\\x$(printf %02x $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
length=$(stat -c %s "export/$bundle")
for at in 0 1 2 100 $((length / 4)) $((length / 2)) $((length * 3 / 4)) $((length - 1)); do
  flip "copy/$bundle" "$at"
  rejects
done
offset=$(head -n 2 export/checkpoint | wc -c)
signature=$(($(head -n 4 export/checkpoint | wc -c) + 40 + $(head -n 1 export/checkpoint | wc -c)))
for at in 0 5 $((offset - 2)) "$offset" $((offset + 10)) $((offset + 40)) "$signature" $((signature + 20)); do
  flip copy/checkpoint "$at"
  rejects
done
for at in 0 $(($(stat -c %s export/log.vkey) - 20)); do
  flip copy/log.vkey "$at"
  rejects
done
truncate -s -1 "copy/$bundle"
rejects
printf '\0\1x' >>"copy/$bundle"
rejects
read -r high low < <(od -An -tu1 -N2 "export/$bundle")
first=$((2 + high * 256 + low))
{ tail -c +$((first + 1)) "export/$bundle" && head -c $first "export/$bundle"; } >"copy/$bundle"
rejects
tail -c +$((first + 1)) "export/$bundle" >"copy/$bundle"
rejects
sed -i '3a an extension' copy/checkpoint
rejects
[[ $rejected -ge 20 ]] || fail "only $rejected changes were tried"
expect 1 "$root/gateway/docs/verify_export.sh" export "${log/[0-9]/x}"
[[ $answer == *"not ${log/[0-9]/x}"* ]] || fail "another log's name is taken: $answer"
echo "the guide holds, with passerelle, Go and openssl, which rejects $rejected changes"
