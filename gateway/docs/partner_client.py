import base64, grpc, hashlib, importlib, json, os, secrets, sys, time  # see partner.md
from cryptography.hazmat.primitives import hashes, serialization as keys
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from passerelle.record.v1.entry_pb2 import Entry
from passerelle.statement.v1 import envelope_pb2 as dsse, statement_pb2
sys.excepthook = lambda kind, fault, trace: print("refused:", repr(fault), file=sys.stderr)
pins, TYPE = json.loads(open(sys.argv[1]).read()), "application/vnd.passerelle.statement.v1+protobuf"
read = lambda name: open(os.path.join(os.path.dirname(sys.argv[1]), pins[name + "_file"]), "rb").read()
channel = grpc.secure_channel(pins["target"], grpc.ssl_channel_credentials(*map(read, ("ca", "key", "certificate"))))
signer, log = keys.load_pem_private_key(read("key"), None), bytes.fromhex(pins["log"])  # Ed25519 or P-256
spki = signer.public_key().public_bytes(keys.Encoding.DER, keys.PublicFormat.SubjectPublicKeyInfo)
sha, demand = lambda data: hashlib.sha256(data).digest(), lambda holds, why: holds or sys.exit(f"refused: {why}")
commit = lambda nonce, data: sha(b"passerelle/payload/v1\n" + nonce + sha(data))
named = lambda name: dict(statement=bytes.fromhex(name[:64]), ordinal=int(name[65:] or 0))
def call(service, rpc, **fields):  # one call over mutual TLS; every request names the log
    module = importlib.import_module(f"passerelle.gateway.v1.{service.lower()}_service_pb2")
    stub = getattr(importlib.import_module(module.__name__ + "_grpc"), service + "ServiceStub")(channel)
    return getattr(stub, rpc)(getattr(module, rpc + "Request")(log=log, **fields), timeout=60)
def opened(note):  # size and root of a checkpoint, once the pinned key has verified its signature
    (text, lines), (name, _, vkey) = note.split(b"\n\n"), pins["checkpoint_vkey"].split("+", 2)
    blob = base64.b64decode(lines.partition(f"\u2014 {name} ".encode())[2].split(b"\n")[0])
    ed25519.Ed25519PublicKey.from_public_bytes(base64.b64decode(vkey)[1:]).verify(blob[4:], text + b"\n")
    origin, size, root = text.decode().split("\n")
    return demand(origin == pins["origin"], "a foreign log") and (int(size), base64.b64decode(root))
def verified(receipt):  # the entry, once its hash leads to the signed root (RFC 6962, FORMAT.md)
    (_, extra, index, *path), note = receipt.split(b"\n\n")[0].split(b"\n"), receipt.split(b"\n\n", 1)[1]
    (size, root), leaf, at = opened(note), base64.b64decode(extra[6:]), int(index[6:])
    node, inner = sha(b"\0" + leaf), (at ^ size - 1).bit_length()  # above, every sibling is a left one
    for level, sibling in enumerate(map(base64.b64decode, path)):
        node = sha(b"\1" + (sibling + node if level >= inner or at >> level & 1 else node + sibling))
    whole = 0 <= at < size and len(path) == inner + (at >> inner).bit_count()
    return demand(whole and node == root, "the entry is not in the log") and Entry.FromString(leaf[20:])
def submit(service, rpc, act, **more):  # signs one act, submits it, keeps its receipt once verified
    now = int(time.time() * 1000) + call("Convention", "GetConvention").founding.settings.clock_shift_ms
    seen = dict(zip(("size", "root"), opened(call("Audit", "GetCheckpoint").checkpoint)), origin=pins["origin"])
    header = dict(log=log, seen=seen, signers=[sha(spki)], issued_at_ms=now, not_after_ms=now + 86400000, nonce=os.urandom(16))
    payload = statement_pb2.Statement(header=header, acts=[act]).SerializeToString()
    pae = f"DSSEv1 {len(TYPE)} {TYPE} {len(payload)} ".encode() + payload
    raw = signer.sign(pae, *[ec.ECDSA(hashes.SHA256())] * hasattr(signer, "curve"))  # only a P-256 key names a hash
    signed = dsse.Envelope(payload_type=TYPE, payload=payload, signatures=[dict(raw=raw)]).SerializeToString()
    receipt = call(service, rpc, envelope=signed, **more).receipt.tlog_proof
    demand((entry := verified(receipt)).recorded.envelope == signed, entry.refused.findings)
    print(sha(pae).hex() + "/0", open(sha(pae).hex() + ".tlog-proof", "wb").write(receipt), "bytes of receipt")
match sys.argv[2:]:
    case "send", party, exchange, recipient, period, file:
        data, nonce = open(file, "rb").read(), secrets.token_bytes(32)
        dataset = call("Exchange", "GetExchange", exchange=named(exchange)).exchange.row.dataset
        act = dict(exchange=named(exchange), dataset=dataset, recipient=dict(party=recipient), period=period,
                   payload=dict(digest=commit(nonce, data)), size_band=max(1024, 1 << (len(data) - 1).bit_length()))
        submit("Transfer", "Send", dict(party=party, transfer_submitted=act), payloads=[dict(
            commitment=commit(nonce, data), nonce=nonce, media_type="text/csv", content=data)])
    case "receive", party, transfer, file:
        answer = call("Transfer", "Fetch", transfer=named(transfer))
        demand(not answer.findings and verified(answer.receipt.tlog_proof), answer.findings)
        open(file, "wb").write(answer.payload.content)
        act = dict(transfer=named(transfer), payload=commit(answer.payload.nonce, answer.payload.content))
        submit("Statement", "Submit", dict(party=party, transfer_acknowledged=act))
    case "verify", receipt: print(verified(open(receipt, "rb").read()))
    case _: sys.exit("PROFILE send PARTY EXCHANGE RECIPIENT PERIOD FILE | receive PARTY TRANSFER FILE | verify RECEIPT")
