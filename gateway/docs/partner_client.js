const [crypto, fs, path, util, grpc, loader] = ["crypto", "fs", "path", "util", "@grpc/grpc-js", "@grpc/proto-loader"].map(require);
process.on("uncaughtException", (fault) => { console.error("refused:", fault.message); process.exit(1); }); // see partner.md
const [profile, verb, ...words] = process.argv.slice(2), pins = JSON.parse(fs.readFileSync(profile));
const files = fs.readdirSync("proto", { recursive: true }).filter((name) => name.endsWith(".proto"));
const loaded = loader.loadSync(files, { includeDirs: ["proto"], keepCase: true, defaults: true, longs: Number, enums: String });
const protos = grpc.loadPackageDefinition(loaded).passerelle, TYPE = "application/vnd.passerelle.statement.v1+protobuf";
const read = (name) => fs.readFileSync(path.join(path.dirname(profile), pins[name + "_file"]));
const tls = grpc.credentials.createSsl(read("ca"), read("key"), read("certificate")), log = Buffer.from(pins.log, "hex");
const signer = crypto.createPrivateKey(read("key")), spki = crypto.createPublicKey(signer).export({ type: "spki", format: "der" });
const demand = (holds, why) => { if (holds) return holds; throw new Error(JSON.stringify(why)); };
const sha = (...parts) => parts.reduce((hash, part) => hash.update(part), crypto.createHash("sha256")).digest();
const commit = (nonce, data) => sha("passerelle/payload/v1\n", nonce, sha(data));
const named = (name) => ({ statement: Buffer.from(name.slice(0, 64), "hex"), ordinal: Number(name.slice(65)) });
const call = (service, rpc, fields, stub = new protos.gateway.v1[service + "Service"](pins.target, tls)) => // over mutual TLS
  util.promisify(stub[rpc].bind(stub))({ log, ...fields }, { deadline: Date.now() + 60000 }); // every request names the log
function opened(note) { // origin, size and root of a checkpoint, once the pinned key has verified its signature
  const [text, lines = ""] = note.split("\n\n"), [origin, size, root] = text.split("\n"), [name, , ...vkey] = pins.checkpoint_vkey.split("+");
  const key = { kty: "OKP", crv: "Ed25519", x: Buffer.from(vkey.join("+"), "base64").toString("base64url", 1) };
  const [, line = ""] = lines.split(`\u2014 ${name} `), blob = Buffer.from(line.split("\n")[0], "base64").subarray(4);
  demand(crypto.verify(null, Buffer.from(text + "\n"), { key, format: "jwk" }, blob), "not signed by the pinned key");
  return demand(origin === pins.origin, "a foreign log") && { origin, size: Number(size), root: Buffer.from(root, "base64") };
}
function verified(receipt) { // the entry, once its hash leads to the signed root (RFC 6962, FORMAT.md)
  const [proof, ...note] = receipt.toString().split("\n\n"), [, extra, index, ...path] = proof.split("\n");
  const { size, root } = opened(note.join("\n\n")), leaf = Buffer.from(extra.slice(6), "base64"), at = Number(index.slice(6));
  const top = (at, size, [hash = "", ...rest], half = 2 ** Math.floor(Math.log2(size - 1))) => size === 1 && !hash ? sha("\0", leaf)
    : at < half ? sha("\x01", top(at, half, rest), hash) : sha("\x01", hash, top(at - half, size - half, rest));
  const whole = at >= 0 && at < size && top(at, size, path.map((hash) => Buffer.from(hash, "base64")).reverse()).equals(root);
  return demand(whole, "the entry is not in the log") && protos.record.v1.Entry.deserialize(leaf.subarray(20));
}
async function submit(service, rpc, act, payloads) { // signs one act, submits it, keeps its receipt once verified
  const now = Date.now() + (await call("Convention", "GetConvention")).founding.settings.clock_shift_ms;
  const seen = opened((await call("Audit", "GetCheckpoint")).checkpoint.toString());
  const header = { log, seen, signers: [sha(spki)], issued_at_ms: now, not_after_ms: now + 86400000, nonce: crypto.randomBytes(16) };
  const payload = protos.statement.v1.Statement.serialize({ header, acts: [act] });
  const pae = Buffer.concat([Buffer.from(`DSSEv1 ${TYPE.length} ${TYPE} ${payload.length} `), payload]), name = sha(pae).toString("hex");
  const raw = crypto.sign(signer.asymmetricKeyType === "ec" ? "sha256" : null, pae, signer); // only a P-256 key names a hash
  const envelope = protos.statement.v1.Envelope.serialize({ payload_type: TYPE, payload, signatures: [{ raw }] });
  const receipt = (await call(service, rpc, { envelope, payloads })).receipt.tlog_proof, entry = verified(receipt);
  demand(entry.recorded?.envelope.equals(envelope), entry.refused?.findings);
  fs.writeFileSync(`${name}.tlog-proof`, receipt);
  console.log(`${name}/0 ${receipt.length} bytes of receipt`);
}
async function send(party, exchange, recipient, period, file) {
  const content = fs.readFileSync(file), nonce = crypto.randomBytes(32), commitment = commit(nonce, content);
  const { row } = (await call("Exchange", "GetExchange", { exchange: named(exchange) })).exchange;
  const act = { exchange: named(exchange), dataset: row.dataset, recipient: { party: recipient }, period,
    payload: { digest: commitment }, size_band: 2 ** Math.max(10, Math.ceil(Math.log2(content.length))) };
  await submit("Transfer", "Send", { party, transfer_submitted: act }, [{ commitment, nonce, media_type: "text/csv", content }]);
}
async function receive(party, transfer, file) {
  const { payload, receipt, findings } = await call("Transfer", "Fetch", { transfer: named(transfer) });
  const { content, nonce } = demand(!findings.length && verified(receipt.tlog_proof) && payload, findings);
  fs.writeFileSync(file, content);
  await submit("Statement", "Submit", { party, transfer_acknowledged: { transfer: named(transfer), payload: commit(nonce, content) } });
}
const verify = (receipt) => console.dir(verified(fs.readFileSync(receipt)), { depth: null });
const usage = () => demand(false, "PROFILE send PARTY EXCHANGE RECIPIENT PERIOD FILE | receive PARTY TRANSFER FILE | verify RECEIPT");
({ send5: send, receive3: receive, verify1: verify }[verb + words.length] ?? usage)(...words);
