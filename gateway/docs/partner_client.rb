%w[grpc json openssl passerelle/record/v1/entry_pb passerelle/statement/v1/envelope_pb].each { |name| require name } # see partner.md
%w[audit convention exchange statement transfer].each { |name| require "passerelle/gateway/v1/#{name}_service_services_pb" }
include Passerelle, GRPC::Core
PINS, TYPE = JSON.parse(File.read(ARGV.fetch(0))), "application/vnd.passerelle.statement.v1+protobuf"
def read(name) = File.binread(File.join(File.dirname(ARGV[0]), PINS.fetch("#{name}_file")))
def sha(data) = OpenSSL::Digest.digest("SHA256", data)
def demand(holds, why) = holds || abort("refused: #{why}")
def commit(nonce, data) = sha("passerelle/payload/v1\n" + nonce + sha(data))
def named(name) = { statement: [name[0, 64]].pack("H*"), ordinal: name[65..].to_i }
SIGNER, LOG = OpenSSL::PKey.read(read("key")), [PINS["log"]].pack("H*") # Ed25519 or P-256
CHANNEL = Channel.new(PINS["target"], {}, ChannelCredentials.new(read("ca"), read("key"), read("certificate")))
def call(service, rpc, **fields) # one call over mutual TLS; every request names the log
  stub = Gateway::V1.const_get(service + "Service")::Stub.new(nil, nil, channel_override: CHANNEL, timeout: 60)
  stub.public_send(GRPC::GenericService.underscore(rpc.dup), Gateway::V1.const_get(rpc + "Request").new(log: LOG, **fields))
end
def opened(note) # size and root of a checkpoint, once the pinned key has verified its signature
  (text, lines), (name, _, vkey) = note.split("\n\n", 2), PINS["checkpoint_vkey"].split("+", 3)
  key = OpenSSL::PKey.read(["302a300506032b6570032100"].pack("H*") + vkey.unpack1("m0")[1..]) # the SPKI of an Ed25519 key
  blob = lines.to_s.partition("\u2014 #{name} ".b)[2][/.*/].unpack1("m0")
  demand(key.verify(nil, blob[4..].to_s, "#{text}\n"), "the checkpoint is not signed with the pinned key")
  origin, size, root = text.split("\n")
  demand(origin == PINS["origin"].b, "a foreign log") && [Integer(size, 10), root.unpack1("m0")]
end
def verified(receipt) # the entry, once its hash leads to the signed root (RFC 6962, FORMAT.md)
  (_, extra, index, *path), note = receipt[/.*?(?=\n\n)/mn].to_s.split("\n"), receipt[/(?<=\n\n).*/mn].to_s
  (size, root), leaf, at = opened(note), extra[6..].unpack1("m0"), Integer(index[6..], 10)
  node, inner = sha("\0" + leaf), (at ^ size - 1).bit_length # above, every sibling is a left one
  path.each_with_index { |hash, level| node = sha("\1" + [node, hash.unpack1("m0")].rotate(level < inner ? at[level] : 1).join) }
  whole = (0...size).cover?(at) && path.size == inner + (at >> inner).digits(2).sum
  demand(whole && node == root, "the entry is not in the log") && Record::V1::Entry.decode(leaf[20..])
end
def submit(service, rpc, act, **more) # signs one act, submits it, keeps its receipt once verified
  now = (Time.now.to_f * 1000).to_i + call("Convention", "GetConvention").founding.settings.clock_shift_ms
  seen = %i[size root].zip(opened(call("Audit", "GetCheckpoint").checkpoint)).to_h.merge(origin: PINS["origin"])
  header = { log: LOG, seen:, signers: [sha(SIGNER.public_to_der)], issued_at_ms: now, not_after_ms: now + 86_400_000 }
  payload = Statement::V1::Statement.new(header: { nonce: OpenSSL::Random.random_bytes(16), **header }, acts: [act]).to_proto
  pae = "DSSEv1 #{TYPE.size} #{TYPE} #{payload.bytesize} ".b + payload
  raw = SIGNER.sign(SIGNER.oid == "ED25519" ? nil : "SHA256", pae) # only a P-256 key names a hash
  signed = Statement::V1::Envelope.new(payload_type: TYPE, payload:, signatures: [{ raw: }]).to_proto
  entry = verified(receipt = call(service, rpc, envelope: signed, **more).receipt.tlog_proof)
  demand(entry.recorded&.envelope == signed, entry.refused&.findings)
  puts "#{name = sha(pae).unpack1("H*")}/0 #{File.binwrite(name + ".tlog-proof", receipt)} bytes of receipt"
end
case ARGV.drop(1)
in ["send", party, exchange, recipient, period, file]
  content, nonce, exchange = File.binread(file), OpenSSL::Random.random_bytes(32), named(exchange)
  act = { exchange:, dataset: call("Exchange", "GetExchange", exchange:).exchange.row.dataset, recipient: { party: recipient },
          period:, payload: { digest: commit(nonce, content) }, size_band: [1024, 1 << (content.size - 1).bit_length].max }
  beside = { commitment: commit(nonce, content), nonce:, media_type: "text/csv", content: }
  submit("Transfer", "Send", { party:, transfer_submitted: act }, payloads: [beside])
in ["receive", party, transfer, file]
  answer = call("Transfer", "Fetch", transfer: named(transfer))
  demand(answer.findings.empty? && verified(answer.receipt.tlog_proof), answer.findings)
  act = { transfer: named(transfer), payload: commit(answer.payload.nonce, answer.payload.content) }
  File.binwrite(file, answer.payload.content)
  submit("Statement", "Submit", { party:, transfer_acknowledged: act })
in ["verify", receipt] then p verified(File.binread(receipt))
else abort "PROFILE send PARTY EXCHANGE RECIPIENT PERIOD FILE | receive PARTY TRANSFER FILE | verify RECEIPT"
end rescue abort("refused: #{$!.class}: #{$!.message[/.*/]}")
