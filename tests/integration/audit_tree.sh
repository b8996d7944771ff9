#!/usr/bin/env bash
# Roots and proofs that `passerelle audit tree` makes of a file are those of RFC 6962, as a few lines of
# Python write them down, without any arithmetic on bits.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

cat >files/compare.py <<'END'
import hashlib, json, subprocess, sys

def split(n):
    k = 1
    while 2 * k < n:
        k *= 2
    return k

def mth(d):
    if not d:
        return hashlib.sha256(b"").digest()
    if len(d) == 1:
        return hashlib.sha256(b"\0" + d[0]).digest()
    k = split(len(d))
    return hashlib.sha256(b"\1" + mth(d[:k]) + mth(d[k:])).digest()

def path(m, d):
    if len(d) == 1:
        return []
    k = split(len(d))
    return path(m, d[:k]) + [mth(d[k:])] if m < k else path(m - k, d[k:]) + [mth(d[:k])]

def subproof(m, d, whole):
    if m == len(d):
        return [] if whole else [mth(d)]
    k = split(len(d))
    if m <= k:
        return subproof(m, d[:k], whole) + [mth(d[k:])]
    return subproof(m - k, d[k:], False) + [mth(d[:k])]

entries = [b"", b"a", b"\xc3\xa9\r", b"x" * 65535] + [b"entry %d" % i for i in range(33)]
open("files/lines", "wb").write(b"".join(e + b"\n" for e in entries))
open("files/binary", "wb").write(b"".join(len(e).to_bytes(2, "big") + e for e in entries))

def tree(*words):
    done = subprocess.run(["passerelle", "audit", "tree", *words, "--json"], capture_output=True, check=True)
    return json.loads(done.stdout)

checked = 0
for file in (["files/lines"], ["files/binary", "--binary"]):
    sizes = [str(n) for n in range(len(entries) + 1)]
    told = tree(*file, *(word for n in sizes for word in ("--size", n)))
    assert told["entries"] == len(entries)
    for n, one in enumerate(told["trees"]):
        assert one["size"] == n and one["root"] == mth(entries[:n]).hex(), n
        checked += 1
for size in (1, 2, 3, 8, 21, len(entries)):
    for index in {0, size // 2, size - 1}:
        for base in {1, (size + 1) // 2, size}:
            one, = tree("files/lines", "--size", str(size), "--index", str(index), "--from", str(base))["trees"]
            inclusion, consistency = one["inclusion"], one["consistency"]
            assert inclusion["index"] == index and inclusion["leaf"] == mth([entries[index]]).hex()
            assert inclusion["proof"] == [h.hex() for h in path(index, entries[:size])], (size, index)
            assert consistency["from"] == base
            assert consistency["proof"] == [h.hex() for h in subproof(base, entries[:size], True)], (size, base)
            checked += 1
print(checked)
END
checked=$(/usr/bin/python3 files/compare.py) || fail "a root or proof differs"

# The last line needs no newline; an empty file is the empty tree.
printf 'a\nb' >files/two
expect 0 cli audit tree files/two
two=$answer
printf 'a\nb\n' >files/two
expect 0 cli audit tree files/two
[[ $answer == "$two" && $answer == "2 "* ]] || fail "not two entries: $answer"
: >files/none
expect 0 cli audit tree files/none
[[ $answer == "0 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" ]] || fail "not the empty tree: $answer"

# What cannot be is refused, with the option or the entry.
expect 2 cli audit tree files/two --size 3
[[ $complaint == *--size* ]] || fail "not said: $complaint"
expect 2 cli audit tree files/two --size 1 --index 1
[[ $complaint == *--index* ]] || fail "not said: $complaint"
expect 2 cli audit tree files/two --from 0
[[ $complaint == *--from* ]] || fail "not said: $complaint"
printf '\0\5ab' >files/cut
expect 2 cli audit tree files/cut --binary
[[ $complaint == *TREE_ENTRY*"entry 0"* ]] || fail "not said: $complaint"
head -c 70000 /dev/zero >files/long
expect 2 cli audit tree files/long
[[ $complaint == *TREE_ENTRY* ]] || fail "not said: $complaint"
expect 2 cli audit tree files/missing
echo "$checked roots and pairs of proofs agree"

# The unit tests' rolling hash over every root and proof of 300 sizes is the one that Go makes.
build_go rolling
grep -q "\"$("$tmp/rolling")\"" "$root/tests/unit/audit/merkle/vectors_test.cc" || fail "Go comes to $("$tmp/rolling")"
