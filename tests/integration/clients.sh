#!/usr/bin/env bash
# Clients that misbehave. A call that is cancelled or runs out of time before its group is sealed leaves no
# entry, afterwards its receipt can be fetched; the same statement sent again is recorded once. Connections that
# say nothing, handshakes that never end, garbage, HTTP/1, oversized headers and messages keep nobody out: each
# is answered or ended, and the gateway serves on. Who vanishes gives its places back.
# With PASSERELLE_SLOW=1 (in the long run) a download that nobody reads is ended too, which takes the half
# minute that a stream may stand still, and a handshake that never goes on, which takes ten seconds.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

for package in python3-grpcio python3-cryptography protobuf-compiler-grpc strace; do
  dpkg-query -W "$package" >/dev/null 2>&1 || { echo "skipped: $package is not installed"; exit 77; }
done
mkdir python
protoc -I "$root/proto" --python_out=python --grpc_python_out=python \
  --plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin "$root"/proto/passerelle/*/v1/*.proto
# The partner's own client, without what it does by itself.
sed '/^match /,$d' "$root/gateway/docs/partner_client.py" >python/partner.py
found
start_gateway
join
approve
transfer 2024
entries() { sqlite3 -readonly "data/conventions/$slug/audit.db" 'select size from head'; }
client() { PYTHONPATH=python PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "files/$1.py" "ids/$2.json" "${@:3}"; }
serves() { accepted as auditor party list; }

# ---- cancelled, out of time ---------------------------------------------------------------------------
cat >files/cancelled.py <<'END'
from partner import *
from passerelle.gateway.v1 import statement_service_pb2 as receipts, statement_service_pb2_grpc as receipts_grpc
from passerelle.gateway.v1 import transfer_service_pb2 as transfers, transfer_service_pb2_grpc as transfers_grpc
sys.excepthook = sys.__excepthook__
send = transfers_grpc.TransferServiceStub(channel).Send
get = receipts_grpc.StatementServiceStub(channel).GetReceipt
exchange, party, recipient, slow_pid = sys.argv[2:6]
data = open("files/2024.csv", "rb").read()
dataset = call("Exchange", "GetExchange", exchange=named(exchange)).exchange.row.dataset
shift = call("Convention", "GetConvention").founding.settings.clock_shift_ms

class Sent:
    """A signed transfer, which may be sent more than once."""
    def __init__(self):
        nonce, now = secrets.token_bytes(32), int(time.time() * 1000) + shift
        act = dict(exchange=named(exchange), dataset=dataset, recipient=dict(party=recipient), period="2024",
                   payload=dict(digest=commit(nonce, data)), size_band=1024)
        seen = dict(zip(("size", "root"), opened(call("Audit", "GetCheckpoint").checkpoint)), origin=pins["origin"])
        header = dict(log=log, seen=seen, signers=[sha(spki)], issued_at_ms=now, not_after_ms=now + 86400000,
                      nonce=os.urandom(16))
        payload = statement_pb2.Statement(header=header, acts=[dict(party=party, transfer_submitted=act)]).SerializeToString()
        pae = f"DSSEv1 {len(TYPE)} {TYPE} {len(payload)} ".encode() + payload
        raw = signer.sign(pae, *[ec.ECDSA(hashes.SHA256())] * hasattr(signer, "curve"))
        self.digest = sha(pae)
        self.envelope = dsse.Envelope(payload_type=TYPE, payload=payload, signatures=[dict(raw=raw)]).SerializeToString()
        self.request = transfers.SendRequest(log=log, envelope=self.envelope, payloads=[dict(
            commitment=commit(nonce, data), nonce=nonce, media_type="text/csv", content=data)])
        self.index = None

    def proven(self, receipt):
        assert verified(receipt.tlog_proof).recorded.envelope == self.envelope
        index = int(receipt.tlog_proof.split(b"\n")[2][6:])
        assert self.index in (None, index), f"recorded at {self.index} and at {index}"
        self.index = index

    def is_there(self):
        try:
            self.proven(get(receipts.GetReceiptRequest(log=log, statement=self.digest), timeout=60).receipt)
            return True
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.NOT_FOUND, error
            return False

    def is_there_within(self, seconds):
        for _ in range(seconds * 20):
            if self.is_there():
                return True
            time.sleep(0.05)
        return False

    def again(self):
        self.proven(send(self.request, timeout=60).receipt)

# At any instant: recorded or not, and once.
several = [Sent() for _ in range(24)]
for number, one in enumerate(several):
    instant = 0.0005 * (number // 2) ** 1.5
    if number % 2:
        under_way = send.future(one.request, timeout=60)
        time.sleep(instant)
        under_way.cancel()
    else:
        under_way = send.future(one.request, timeout=instant)
        under_way.exception()
there = [one.is_there() for one in several]
for one in several:
    one.again()
assert all(one.is_there() for one in several)

# While a group is being sealed, for each write to disk takes a second: what is in it is recorded, whatever its
# caller does; what waits behind it is not, once its caller has gone.
tracer = os.spawnlp(os.P_NOWAIT, "strace", "strace", "-f", "-qqq", "-p", slow_pid, "-o", "/dev/null", "-e", "trace=fdatasync,fsync",
                    "-e", "inject=fdatasync,fsync:delay_enter=1000000")
def traced():
    return any(int(line.split()[1]) for line in open(f"/proc/{slow_pid}/status") if line.startswith("TracerPid"))
while not traced() and os.waitpid(tracer, os.WNOHANG) == (0, 0):
    time.sleep(0.05)
sealed = waiting = 0
if traced():
    for ends in (lambda calls: [one.cancel() for one in calls], lambda calls: [one.exception() for one in calls]):
        inside, behind = Sent(), [Sent(), Sent()]
        calls = [send.future(inside.request, timeout=0.9)]
        time.sleep(0.5)
        calls += [send.future(one.request, timeout=0.4) for one in behind]
        time.sleep(0.2)
        ends(calls)
        for one in calls:
            assert one.cancelled() or one.code() in (grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED), one.code()
        assert inside.is_there_within(30), "sealed, and its receipt is not to be had"
        last = Sent()
        last.again()
        assert not any(one.is_there() for one in behind), "recorded after its caller had gone"
        sealed, waiting = sealed + 1, waiting + len(behind)
        several += [inside, last]
    os.kill(tracer, 2)
    os.waitpid(tracer, 0)
assert len({one.index for one in several}) == len(several), "two statements in one place"
print(len(several), f"{sum(there)} of 24 recorded at any instant, {sealed} while sealed, {waiting} withdrawn behind")
END
size=$(entries)
said=$(client cancelled sender "$exchange" $fund $town "$gateway_pid") || fail "cancelled calls"
[[ $(entries) -eq $((size + ${said%% *})) ]] || fail "$(($(entries) - size)) entries: $said"

# ---- connections that are none ------------------------------------------------------------------------
cat >files/silent.py <<'END'
import os, socket, sys, time
port, hello = int(sys.argv[2]), bytes.fromhex("160301020001000001fc0303")
held = [socket.create_connection(("localhost", port)) for _ in range(400)]
for number, one in enumerate(held):
    # Nothing, the beginning of a handshake, a handshake whose record never ends.
    one.send([b"", hello[:5], hello + os.urandom(100)][number % 3] or b"")
open("files/held", "w").close()
while os.path.exists("files/held"):
    time.sleep(0.05)
END
client silent auditor "$port" &
holder=$!
until_true 30 test -e files/held || fail "the silent do not connect"
serves
transfer 2025
rm files/held
wait "$holder"

cat >files/garbage.py <<'END'
import os, random, socket, ssl, sys
port = int(sys.argv[2])
# One string of bytes in a thousand looks like the beginning of an old hello, whose rest the gateway waits for.
noise = random.Random(20240603).randbytes

def ended(one):
    """Reads until the gateway ends the connection; what it said."""
    one.settimeout(60)
    said = b""
    try:
        while piece := one.recv(65536):
            said += piece
    except (ConnectionError, ssl.SSLError):
        pass
    return said

def said_to(one, data):
    try:
        one.sendall(data)
    except (ConnectionError, ssl.SSLError):
        pass
    return ended(one)

plain = lambda: socket.create_connection(("localhost", port))
tls = ssl.create_default_context(cafile="pki/ca.pem")
tls.load_cert_chain("ids/auditor.pem", "ids/auditor.key")
tls.set_alpn_protocols(["h2"])
secure = lambda: tls.wrap_socket(plain(), server_hostname="localhost")
preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes.fromhex("000000040000000000")
frame = lambda kind, flags, stream, body: len(body).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + body
for _ in range(8):
    said_to(plain(), noise(4096))
if os.environ.get("PASSERELLE_SLOW"):
    said_to(plain(), bytes.fromhex("97a50129691b859b") + noise(4096))
http = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
assert b"HTTP/1" not in said_to(plain(), http)
said = said_to(secure(), http)
assert b"HTTP/1.1 200" not in said, said
said_to(secure(), noise(4096))
# What looks like HTTP/2 may be borne: whoever sends it goes.
for data in (preface + noise(4096),
             preface + frame(1, 4, 1, b"\xff" * 100),           # headers that no table decodes
             preface + frame(0, 0, 1, b"data of no stream"),
             preface + frame(9, 4, 0, b"continues nothing"),
             preface + b"\xff\xff\xff\x00\x00\x00\x00\x00\x01"): # a frame larger than any may be
    with secure() as one:
        one.sendall(data)
        one.recv(1)
END
client garbage auditor "$port" || fail "the gateway does not end what is no call"
serves

# ---- calls that are none ------------------------------------------------------------------------------
cat >files/oversized.py <<'END'
from partner import *
from passerelle.gateway.v1 import inbox_service_pb2 as inboxes, inbox_service_pb2_grpc as inboxes_grpc
sys.excepthook = sys.__excepthook__
code = grpc.StatusCode

def refused(method, data, *codes, **more):
    ask = channel.unary_unary("/passerelle.gateway.v1." + method)
    # The call before may have cost the connection: the next one is a new one.
    for last in (False, True):
        try:
            ask(data, timeout=60, wait_for_ready=True, **more)
        except grpc.RpcError as error:
            if error.code() == code.UNAVAILABLE and not last:
                continue
            assert error.code() in codes, f"{method}: {error}"
            return
        raise AssertionError(method)

refused("StatementService/Submit", bytes(5 << 20), code.RESOURCE_EXHAUSTED)
# gRPC itself answers what is no protobuf, before any handler.
refused("StatementService/Submit", b"\xff" * 64, code.UNIMPLEMENTED, code.INTERNAL)
refused("StatementService/Submit", b"", code.INVALID_ARGUMENT, code.NOT_FOUND)
refused("StatementService/Submit", b"", code.RESOURCE_EXHAUSTED, metadata=[("padding", "x" * (1 << 16))])
refused("StatementService/Forget", b"", code.UNIMPLEMENTED)
refused("../AuditService/ReadEntries", b"", code.UNIMPLEMENTED)
refused("StatementService/Submit", b"", code.UNIMPLEMENTED, compression=grpc.Compression.Gzip)

# As many watches as an agent may have; one more is refused.
stub = inboxes_grpc.InboxServiceStub(channel)
watches = [stub.WatchInbox(inboxes.WatchInboxRequest(log=log)) for _ in range(8)]
for one in watches:
    next(one)
try:
    next(stub.WatchInbox(inboxes.WatchInboxRequest(log=log)))
    raise AssertionError("a ninth watch")
except grpc.RpcError as error:
    assert error.code() == code.RESOURCE_EXHAUSTED, error
with open("files/watching.next", "w") as file:
    file.write(str(os.getpid()))
os.rename("files/watching.next", "files/watching")
time.sleep(100)
END
# vanishes: a client takes all its places and is gone without a word; false while they are still taken.
vanishes() {
  rm -f files/watching
  client oversized dpo 2>files/said &
  holder=$!
  until_true 60 watches_or_ended
  [[ ! -e files/watching ]] || kill -KILL "$(<files/watching)"
  wait "$holder" 2>/dev/null || true
  [[ -e files/watching ]]
}
watches_or_ended() { [[ -e files/watching ]] || ! kill -0 "$holder" 2>/dev/null; }
vanishes 2>/dev/null || fail "$(tail -n 12 files/said)"
until_true 60 vanishes 2>/dev/null || fail "who vanished keeps its places: $(tail -n 12 files/said)"
serves

# ---- a reader that does not read ----------------------------------------------------------------------
if [[ -n ${PASSERELLE_SLOW:-} ]]; then
  cat >files/slow.py <<'END'
from partner import *
from passerelle.gateway.v1 import transfer_service_pb2 as transfers, transfer_service_pb2_grpc as transfers_grpc
sys.excepthook = sys.__excepthook__
request = transfers.DownloadRequest(log=log, transfer=named(sys.argv[2]))
answers = transfers_grpc.TransferServiceStub(channel).Download(request, timeout=600)
next(answers)
while not os.path.exists("files/ended"):
    time.sleep(0.05)
try:
    read = sum(len(answer.chunk) for answer in answers)
    raise AssertionError(f"all {read} bytes came")
except grpc.RpcError as error:
    print(error.code().name)
END
  { head -n 1 files/2024.csv; awk -v code="${codes[0]}" 'BEGIN {for (i = 0; i < 2200000; i++) print "2024;" code ";120"}'; } >files/huge.csv
  accepted as sender transfer send "$exchange" files/huge.csv --party $fund --period 2026
  client slow reader "$(name_of)" >files/slow 2>files/slow.said &
  holder=$!
  is_ended() { grep -q '"reason":"STREAM_SLOW"' files/gateway.log || ! kill -0 "$holder" 2>/dev/null; }
  until_true 120 is_ended || fail "a reader that does not read holds its stream"
  serves
  : >files/ended
  wait "$holder" || fail "$(tail -n 3 files/slow.said)"
  grep -q 'STREAM_SLOW' files/gateway.log || fail "ended otherwise: $(<files/slow)"
  said+="; a download that nobody reads ended: $(<files/slow)"
fi
alive || fail "the gateway has ended"
export_log export
echo "cancelled: ${said#* }; 400 silent connections, garbage, oversized calls, a client gone: served all the while"
