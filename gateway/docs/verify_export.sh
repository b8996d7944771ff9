#!/usr/bin/env bash
# verify_export EXPORT [LOG [ANCHOR]]: is this the whole log that its key signed? With bash, coreutils and openssl alone;
# the steps are those of verification.md. EXPORT is what `passerelle audit export` wrote, LOG the name of the log, ANCHOR
# a PEM file of the time-stamp authority that you believe, for the stamps in EXPORT.evidence.
set -euo pipefail
export=$1 expected=${2:-} anchor=${3:-} work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rejected() {
  echo "REJECTED: $*"
  exit 1
}
# piece FILE FROM LENGTH
piece() { dd if="$1" iflag=skip_bytes,count_bytes skip="$2" count="$3" status=none; }
sha256() { openssl dgst -sha256 -r | cut -c1-64; }
# Hexadecimal digits as bytes.
bytes() {
  local i escaped=
  for ((i = 0; i < ${#1}; i += 2)); do escaped+="\\x${1:i:2}"; done
  printf '%b' "$escaped"
}
# RFC 6962: the hash of an entry, and of two subtrees.
leaf() { { printf '\0' && cat; } | sha256; }
node() { { printf '\1' && bytes "$1$2"; } | sha256; }
# The root of what is in `left`: from the smallest subtree to the largest.
tree() {
  local hash all=
  for hash in "${left[@]}"; do
    [[ -n $hash ]] || continue
    all=$([[ -z $all ]] && echo "$hash" || node "$hash" "$all")
  done
  echo "$all"
}
# The root that a checkpoint states.
root_of() { sed -n 3p "$1" | base64 -d 2>"$work/why" | od -An -v -tx1 | tr -d ' \n'; }

# 1. The checkpoint: three lines, signed with Ed25519 by the key of log.vkey (name+id+base64 of 01 and the key).
IFS=+ read -r name id key <"$export/log.vkey"
{ bytes 302a300506032b6570032100 && base64 -d <<<"$key" | tail -c 32; } >"$work/key.der" 2>"$work/why" ||
  rejected "log.vkey holds no key"
head -n 3 "$export/checkpoint" >"$work/text"
[[ -z $(sed -n 4p "$export/checkpoint") ]] || rejected "the checkpoint has more lines than it may have"
sed -n "s|^— $name ||p" "$export/checkpoint" | base64 -d 2>"$work/why" | tail -c 64 >"$work/signature" ||
  rejected "the checkpoint holds no signature under that name"
openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key.der" -rawin -in "$work/text" \
  -sigfile "$work/signature" >/dev/null 2>&1 || rejected "the checkpoint is not signed by the key of log.vkey"
size=$(sed -n 2p "$work/text")
root=$(root_of "$work/text") || rejected "the third line of the checkpoint is no root"

# 2. The entries, from the bundles: two bytes of length before each. What is left of each level waits in `left`.
count=0 first='' left=()
while read -r bundle; do
  at=0 length=$(stat -c %s "$bundle")
  while ((at < length)); do
    ((at + 2 <= length)) || rejected "$bundle ends inside an entry"
    read -r high low < <(piece "$bundle" "$at" 2 | od -An -tu1)
    ((at + 2 + high * 256 + low <= length)) || rejected "$bundle ends inside an entry"
    hash=$(piece "$bundle" $((at + 2)) $((high * 256 + low)) | leaf)
    [[ -n $first ]] || first=$hash
    level=0
    while [[ -n ${left[level]:-} ]]; do
      hash=$(node "${left[level]}" "$hash")
      left[level]=
      level=$((level + 1))
    done
    left[level]=$hash
    at=$((at + 2 + high * 256 + low)) count=$((count + 1))
    if [[ -n $anchor && -e $export.evidence/stamps/$count.checkpoint ]]; then
      [[ $(tree) == "$(root_of "$export.evidence/stamps/$count.checkpoint")" ]] ||
        rejected "an authority stamped another log of $count entries"
    fi
  done
done < <(find "$export/tile/entries" -type f | LC_ALL=C sort)
[[ $count == "$size" ]] || rejected "the checkpoint signs $size entries, and the export holds $count"

# 3. The root of the whole tree.
tree=$(tree)
[[ $tree == "$root" ]] || rejected "the entries are not those that were signed: their root is $tree"

# 4. The log's name is the hash of entry 0.
[[ -z $expected || $first == "$expected" ]] || rejected "this is the log $first, not $expected"

# 5. Time stamps: when checkpoints of this log existed. A stamp is believed at the time that it states itself.
stamps=0 last=
if [[ -n $anchor ]]; then
  for stamp in "$export".evidence/stamps/*.tsr; do
    time=$(openssl ts -reply -in "$stamp" -text 2>"$work/why" | sed -n 's/^Time stamp: //p')
    [[ -n $time ]] || rejected "$stamp is no time stamp"
    openssl ts -verify -in "$stamp" -data "${stamp%.tsr}.checkpoint" -CAfile "$anchor" \
      -attime "$(date -d "$time" +%s)" >"$work/why" 2>&1 || rejected "$stamp does not verify under that anchor"
    head -n 3 "${stamp%.tsr}.checkpoint" >"$work/text"
    sed -n "s|^— $name ||p" "${stamp%.tsr}.checkpoint" | base64 -d | tail -c 64 >"$work/signature"
    openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key.der" -rawin -in "$work/text" \
      -sigfile "$work/signature" >/dev/null 2>&1 || rejected "what $stamp stamps is not signed by the key of log.vkey"
    stamps=$((stamps + 1)) last=$time
  done
fi
echo "ACCEPTED: $size entries, root $root, log $first${expected:+, as it was pinned}${last:+; $stamps time stamps, the last one of $last}"
