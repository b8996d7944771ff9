package main // see partner.md; folded to one page like its siblings, gofmt unfolds it
import ("bytes"; "context"; "crypto"; "crypto/rand"; "crypto/sha256"; "crypto/tls"; "crypto/x509"; "encoding/base64"; "encoding/json"; "fmt")
import ("math/bits"; "os"; "path/filepath"; "strconv"; "strings"; "time"; "golang.org/x/mod/sumdb/note"; "golang.org/x/mod/sumdb/tlog")
import ("google.golang.org/grpc"; "google.golang.org/grpc/credentials"; "google.golang.org/protobuf/proto")
import (api "passerelle/gateway/v1"; record "passerelle/record/v1"; . "passerelle/statement/v1")
const kind = "application/vnd.passerelle.statement.v1+protobuf"
var pins struct{ Target, Ca_file, Certificate_file, Key_file, Log, Origin, Checkpoint_vkey string; Clock_shift_ms int64 }
var args, roots, _ = append(os.Args, "", ""), x509.NewCertPool(), must(0, json.Unmarshal(must(os.ReadFile(args[1])), &pins))
var log, own = named(pins.Log).Statement, must(tls.X509KeyPair(read(pins.Certificate_file), read(pins.Key_file))) // Ed25519 or P-256
var _, secure = roots.AppendCertsFromPEM(read(pins.Ca_file)), &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{own}}
var conn, cert = must(grpc.Dial(pins.Target, grpc.WithTransportCredentials(credentials.NewTLS(secure)))), must(x509.ParseCertificate(own.Certificate[0]))
var ctx, _ = context.WithTimeout(context.Background(), time.Minute)
func demand(holds bool, why any) { if !holds { fmt.Fprintln(os.Stderr, "refused:", why); os.Exit(1) } }
func must[T any](value T, fault error) T { demand(fault == nil, fault); return value }
func read(name string) []byte { return must(os.ReadFile(filepath.Join(filepath.Dir(args[1]), name))) }
func random(size int) []byte { data := make([]byte, size); must(rand.Read(data)); return data }
func sha(data []byte) []byte { sum := sha256.Sum256(data); return sum[:] }
func commit(nonce, data []byte) []byte { return sha([]byte(fmt.Sprintf("passerelle/payload/v1\n%s%s", nonce, sha(data)))) }
func named(name string) *ActRef { act := &ActRef{}; fmt.Sscanf(name, "%64x/%d", &act.Statement, &act.Ordinal); return act }
func opened(signed []byte) *Seen { // origin, size and root of a checkpoint, once the pinned key has verified its signature
	lines := strings.Split(must(note.Open(signed, note.VerifierList(must(note.NewVerifier(pins.Checkpoint_vkey))))).Text, "\n")
	demand(lines[0] == pins.Origin, "a foreign log")
	return &Seen{Origin: lines[0], Size: must(strconv.ParseUint(lines[1], 10, 64)), Root: must(base64.StdEncoding.DecodeString(lines[2]))} }
func verified(receipt []byte) *record.Entry { // the entry, once its hash leads to the signed root (RFC 6962, FORMAT.md)
	proof, note, _ := strings.Cut(string(receipt), "\n\n")
	lines, seen, path, entry := strings.Split(proof, "\n"), opened([]byte(note)), tlog.RecordProof{}, &record.Entry{}
	for _, hash := range lines[3:] { path = append(path, must(tlog.ParseHash(hash))) }
	leaf, at := must(base64.StdEncoding.DecodeString(lines[1][6:])), must(strconv.ParseInt(lines[2][6:], 10, 64))
	fault := tlog.CheckRecord(path, int64(seen.Size), *(*tlog.Hash)(seen.Root), at, tlog.RecordHash(leaf))
	demand(fault == nil, "the entry is not in the log"); return must(entry, proto.Unmarshal(leaf[20:], entry)) }
func submit(act *Act, door func(signed []byte) *api.Receipt) { // signs one act, submits it, keeps its receipt once verified
	head := must(api.NewAuditServiceClient(conn).GetCheckpoint(ctx, &api.GetCheckpointRequest{Log: log})).Checkpoint
	header := &Header{Log: log, Seen: opened(head), Signers: [][]byte{sha(cert.RawSubjectPublicKeyInfo)}, Nonce: random(16)}
	header.IssuedAtMs = time.Now().UnixMilli() + pins.Clock_shift_ms; header.NotAfterMs = header.IssuedAtMs + 86400000
	payload := must(proto.Marshal(&Statement{Header: header, Acts: []*Act{act}}))
	pae := []byte(fmt.Sprintf("DSSEv1 %d %s %d %s", len(kind), kind, len(payload), payload))
	message, hash, name := pae, crypto.Hash(0), fmt.Sprintf("%x", sha(pae))
	if cert.PublicKeyAlgorithm == x509.ECDSA { message, hash = sha(pae), crypto.SHA256 } // only a P-256 key names a hash
	raw := must(own.PrivateKey.(crypto.Signer).Sign(rand.Reader, message, hash))
	signed := must(proto.Marshal(&Envelope{PayloadType: kind, Payload: payload, Signatures: []*Signature{{Kind: &Signature_Raw{raw}}}}))
	receipt := door(signed).TlogProof; entry := verified(receipt)
	demand(bytes.Equal(entry.GetRecorded().GetEnvelope(), signed), entry.GetRefused().GetFindings())
	fmt.Printf("%s/0 %d bytes of receipt\n", must(name, os.WriteFile(name+".tlog-proof", receipt, 0o666)), len(receipt)) }
func main() { defer func() { fault := recover(); demand(fault == nil, fault) }(); switch fmt.Sprint(args[2], len(os.Args)) {
	case "send8": content, nonce, on := must(os.ReadFile(args[7])), random(32), named(args[4])
		row := must(api.NewExchangeServiceClient(conn).GetExchange(ctx, &api.GetExchangeRequest{Log: log, Exchange: on})).Exchange.Row
		act := &TransferSubmitted{Exchange: on, Dataset: row.Dataset, Recipient: &Recipient{Kind: &Recipient_Party{args[5]}}, Period: args[6]}
		act.Payload, act.SizeBand = &PayloadCommitment{Digest: commit(nonce, content)}, 1<<bits.Len(uint(len(content)-1)|1023)
		beside := []*record.Attachment{{Commitment: act.Payload.Digest, Nonce: nonce, MediaType: "text/csv", Content: content}}
		submit(&Act{Party: args[3], Body: &Act_TransferSubmitted{act}}, func(signed []byte) *api.Receipt {
			return must(api.NewTransferServiceClient(conn).Send(ctx, &api.SendRequest{Log: log, Envelope: signed, Payloads: beside})).Receipt })
	case "receive6": got := must(api.NewTransferServiceClient(conn).Fetch(ctx, &api.FetchRequest{Log: log, Transfer: named(args[4])}))
		demand(len(got.Findings) == 0, got.Findings); must(verified(got.Receipt.TlogProof), os.WriteFile(args[5], got.Payload.Content, 0o666))
		act := &TransferAcknowledged{Transfer: named(args[4]), Payload: commit(got.Payload.Nonce, got.Payload.Content)}
		submit(&Act{Party: args[3], Body: &Act_TransferAcknowledged{act}}, func(signed []byte) *api.Receipt {
			return must(api.NewStatementServiceClient(conn).Submit(ctx, &api.SubmitRequest{Log: log, Envelope: signed})).Receipt })
	case "verify4": fmt.Println(verified(must(os.ReadFile(args[3]))))
	default: demand(false, "PROFILE send PARTY EXCHANGE RECIPIENT PERIOD FILE | receive PARTY TRANSFER FILE | verify RECEIPT")
	}}
