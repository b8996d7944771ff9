#!/usr/bin/env bash
# What a party takes away: every entry that concerns it or everyone, each as a receipt that thirty lines of Python
# verify, held against a walk through the whole log. It is brought up to date with what is new alone, refuses what
# is not its own, and an entry withheld is named.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

dpkg-query -W python3-cryptography >/dev/null 2>&1 || { echo "python3-cryptography is not installed"; exit 77; }
found
start_gateway
join
approve
transfer 2024

export_party() { # export_party AGENT PARTY DIR
  expect 0 as "$1" audit export --party "$2" "$3" --json
  expect 0 cli audit verify "$3" --log "$log" --json
}
export_party steward $fund fund
[[ $(jq '.accepted and .pinned and (.heads_stated | not)' <<<"$answer") == true ]] || fail "not accepted: $answer"
own=$(jq .own <<<"$answer") common=$(jq .common <<<"$answer")

# Held against the whole log: these entries and no others, each proved under the log's key.
receipts=(fund/entries/*.tlog-proof)
export_log whole
/usr/bin/python3 - "$vkey" "$fund" whole/tile/entries/000.p/* "${receipts[@]}" <<'PYTHON' || fail "no proofs of the right entries"
import base64, hashlib, sys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
vkey, party, bundle, *receipts = sys.argv[1:]
key = Ed25519PublicKey.from_public_bytes(base64.b64decode(vkey.split("+", 2)[2])[1:])
sha = lambda data: hashlib.sha256(data).digest()
data, leaves = open(bundle, "rb").read(), []
while data:
    end = 2 + int.from_bytes(data[:2], "big")
    leaves.append(data[2:end])
    data = data[end:]
told = {}
for receipt in receipts:
    proof, note = open(receipt, encoding="utf-8").read().split("\n\n", 1)
    magic, extra, index, *path = proof.split("\n")
    text, signature = note.split("\n\n")
    key.verify(base64.b64decode(signature.split()[2])[4:], (text + "\n").encode())
    entry, at = base64.b64decode(extra.removeprefix("extra ")), int(index.removeprefix("index "))
    size, root = int(text.split("\n")[1]), base64.b64decode(text.split("\n")[2])
    inner, node = (at ^ size - 1).bit_length(), sha(b"\0" + entry)
    for level, sibling in enumerate(map(base64.b64decode, path)):
        node = sha(b"\1" + (sibling + node if level >= inner or at >> level & 1 else node + sibling))
    assert node == root, receipt
    told[at] = entry
# A link is field 1 of PartyLink, a string: its bytes as they stand in the entry.
link = lambda name: b"\x0a" + bytes([len(name)]) + name.encode()
for index, leaf in enumerate(leaves):
    concerned = link(party) in leaf or link("all") in leaf
    assert (index in told) == concerned, index
    assert not concerned or told[index] == leaf, index
PYTHON
[[ $own -gt 0 && $common -gt 0 && ${#receipts[@]} -le $((own + common)) ]] || fail "$own, $common, ${#receipts[@]}"

# Up to date with what is new alone.
expect 0 as steward audit export --party $fund fund --json
[[ $(jq .fetched <<<"$answer") -eq 0 ]] || fail "fetched again: $answer"
transfer 2025
export_party steward $fund fund
[[ $(jq .own <<<"$answer") -eq $((own + 1)) && $(ls fund/checkpoints | wc -l) -eq 2 ]] || fail "not brought up to date: $answer"
expect 0 cli audit verify fund --log "$log"
[[ $answer == *"$fund"* ]] || fail "the party is not named: $answer"

# The other side has its own; nobody has another's; nothing else stands in the folder.
export_party town-representative $town town
refused NOT_OF_PARTY as town-representative audit export --party $fund other
misused EXPORT_OTHER_PARTY as town-representative audit export --party $town fund
misused REDECIDE cli audit verify fund --redecide

# An entry withheld is named, and so is a byte.
cp -a fund withheld
rm "withheld/entries/$(basename "${receipts[-1]}")"
expect 1 cli audit verify withheld --log "$log"
[[ $complaint == *"missing"* ]] || fail "not named: $complaint"
expect 0 cli audit verify town --log "$log"
sed -i '0,/^extra A/s//extra B/; 0,/^extra c/s//extra d/' "town/entries/$(basename "${receipts[0]}")"
! cli audit verify town --log "$log" >files/verdict 2>&1 || fail "an altered entry is accepted: $(<files/verdict)"
grep -q "$(basename "${receipts[0]}")" files/verdict || fail "the file is not named: $(<files/verdict)"
stop_gateway TERM
echo "${#receipts[@]} receipts of a party verified, $own entries of its own and $common of everyone's"
