// Verifies receipts with @sigstore/core and @sigstore/verify: DSSE, Ed25519 note, Merkle inclusion are theirs. Then
// changes each of them in every way it knows, and demands that all of it is rejected.
//
//   node verify.cjs VKEY SPKI_HEX LOG_HEX RECEIPT...
//
// SPKI_HEX: a key that signed every one of the statements. LOG_HEX: the log's name.
'use strict';
const fs = require('fs');
const path = require('path');
const { createPublicKey } = require('crypto');
const { crypto, dsse } = require('@sigstore/core');
// The package exports whole bundles alone; these two are what it checks a log's proof with.
const inside = path.join(path.dirname(require.resolve('@sigstore/verify')), 'tlog');
const { verifyCheckpoint } = require(path.join(inside, 'checkpoint.js'));
const { verifyMerkleInclusion } = require(path.join(inside, 'merkle.js'));

const [vkey, spki, log, ...files] = process.argv.slice(2);
const [name, id, ...rest] = vkey.split('+');
const ed25519 = (raw) =>
  createPublicKey({ key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]), format: 'der', type: 'spki' });
const tlog = { logID: Buffer.from(id, 'hex'), baseURL: name,
               publicKey: ed25519(Buffer.from(rest.join('+'), 'base64').subarray(1)) };
const signer = createPublicKey({ key: Buffer.from(spki, 'hex'), format: 'der', type: 'spki' });

// The length-delimited fields of a protobuf message, by number; what else it holds is passed over.
function fieldsOf(bytes) {
  const fields = {};
  for (let at = 0; at < bytes.length;) {
    const varint = () => {
      let value = 0n, shift = 0n, byte;
      do { byte = bytes[at++]; value |= BigInt(byte & 127) << shift; shift += 7n; } while (byte & 128);
      return Number(value);
    };
    const tag = varint();
    if ((tag & 7) === 0) { varint(); continue; }
    if ((tag & 7) !== 2) throw new Error('a field of another kind');
    const length = varint();
    (fields[tag >> 3] ??= []).push(bytes.subarray(at, at + length));
    at += length;
  }
  return fields;
}

// A tlog-proof file in parts.
function parse(text) {
  const split = text.indexOf('\n\n');
  const [, extra, index, ...hashes] = text.slice(0, split).split('\n');
  return { leaf: Buffer.from(extra.slice('extra '.length), 'base64'), index: index.slice('index '.length),
           hashes: hashes.map((line) => Buffer.from(line, 'base64')), checkpoint: text.slice(split + 2) };
}

// Throws unless the receipt proves a statement of the log that the signer signed.
function verify({ leaf, index, hashes, checkpoint }) {
  const entry = { canonicalizedBody: leaf,
                  inclusionProof: { logIndex: index, hashes, checkpoint: { envelope: checkpoint } } };
  const signed = verifyCheckpoint(entry, [tlog]);
  if (signed.origin !== name || signed.rest.length !== 0) throw new Error('another log');
  verifyMerkleInclusion(entry, signed);
  const recorded = fieldsOf(fieldsOf(leaf.subarray(leaf.indexOf('\n') + 1))[9][0]);
  const { 1: [type], 2: [payload], 3: signatures } = fieldsOf(recorded[1][0]);
  const pae = dsse.preAuthEncoding(type.toString(), payload);
  const algorithm = signer.asymmetricKeyType === 'ed25519' ? undefined : 'sha256';
  const valid = signatures.some((one) => crypto.verify(pae, signer, fieldsOf(one)[1][0], algorithm));
  if (!valid) throw new Error('not signed by that key');
  if (!fieldsOf(fieldsOf(payload)[1][0])[1][0].equals(Buffer.from(log, 'hex'))) throw new Error('of another log');
}

const rejects = (receipt) => {
  try { verify(receipt); } catch { return true; }
  return false;
};
const flipped = (bytes, at) => {
  const copy = Buffer.from(bytes);
  copy[at] ^= 1;
  return copy;
};

let mutations = 0;
for (const file of files) {
  const receipt = parse(fs.readFileSync(file, 'utf8'));
  verify(receipt);
  const { leaf, index, hashes, checkpoint } = receipt;
  const [origin, size, root] = checkpoint.split('\n');
  const line = checkpoint.slice(checkpoint.indexOf('\u2014'));
  const changed = [
    ...[0, 1, leaf.length >> 2, leaf.length >> 1, leaf.length - 1].map((at) => ({ ...receipt, leaf: flipped(leaf, at) })),
    { ...receipt, leaf: leaf.subarray(1) }, { ...receipt, leaf: Buffer.concat([leaf, Buffer.from([0])]) },
    ...[-1n, 1n, BigInt(size)].map((by) => ({ ...receipt, index: String(BigInt(index) + by) })),
    ...hashes.map((hash, at) => ({ ...receipt, hashes: hashes.with?.(at, flipped(hash, 7)) ??
                                   hashes.map((one, i) => (i === at ? flipped(one, 7) : one)) })),
    { ...receipt, hashes: hashes.slice(1) }, { ...receipt, hashes: hashes.slice(0, -1) },
    { ...receipt, hashes: [...hashes, hashes[0]] }, { ...receipt, hashes: [...hashes].reverse() },
    { ...receipt, checkpoint: checkpoint.replace(`\n${size}\n`, `\n${Number(size) + 1}\n`) },
    { ...receipt, checkpoint: checkpoint.replace(`\n${size}\n`, `\n${Number(size) - 1}\n`) },
    { ...receipt, checkpoint: checkpoint.replace(root, flipped(Buffer.from(root, 'base64'), 3).toString('base64')) },
    { ...receipt, checkpoint: checkpoint.replace(origin, `${origin}x`) },
    { ...receipt, checkpoint: checkpoint.replace(`${root}\n`, `${root}\nan extension\n`) },
    { ...receipt, checkpoint: checkpoint.replace(line, '') },
    { ...receipt, checkpoint: checkpoint.replace(/ (\S+)\n$/, (_, blob) =>
      ` ${flipped(Buffer.from(blob, 'base64'), 40).toString('base64')}\n`) },
    { ...receipt, checkpoint: checkpoint.replace(/ (\S+)\n$/, (_, blob) =>
      ` ${flipped(Buffer.from(blob, 'base64'), 0).toString('base64')}\n`) },
  ];
  changed.forEach((one, at) => {
    if (!rejects(one)) throw new Error(`${file}: change ${at} of ${changed.length} is accepted`);
  });
  mutations += changed.length;
}
console.log(`accepted: ${files.length} receipts; rejected: ${mutations} mutations`);
