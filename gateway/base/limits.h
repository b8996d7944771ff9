// Every bound in one place. Sizes are bytes unless said.
#ifndef PASSERELLE_GATEWAY_BASE_LIMITS_H_
#define PASSERELLE_GATEWAY_BASE_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace passerelle::gateway::base {

// An envelope as received, checked before Decide (WIRE 2).
inline constexpr size_t kMaxEnvelopeBytes = 48 * 1024;
// A leaf of the log (C2SP tlog-tiles).
inline constexpr size_t kMaxEntryBytes = 65535;
// A group of the log: entries and bytes.
inline constexpr size_t kMaxGroupEntries = 256;
inline constexpr size_t kMaxGroupBytes = 1024 * 1024;
// The payload of a unary Send or Fetch.
inline constexpr size_t kMaxUnaryPayloadBytes = 1024 * 1024;
// A payload or a document that comes as a stream.
inline constexpr uint64_t kMaxStreamedPayloadBytes = uint64_t{16} << 30;
inline constexpr uint64_t kMaxStreamedDocumentBytes = uint64_t{64} << 20;
// Chunks of one stream that wait for hashing, encryption and checks.
inline constexpr size_t kMaxChunksInFlight = 4;
// Streams of content that one gateway carries at a time, and those of one agent.
inline constexpr size_t kMaxStreams = 64;
inline constexpr size_t kMaxStreamsAnAgent = 8;
// Least bytes that a stream of content moves between two looks at it, and the milliseconds between.
inline constexpr uint64_t kMinStreamBytes = 64 * 1024;
inline constexpr int64_t kStreamLookMs = 30 * 1000;
// Longest life of a stream of content, milliseconds.
inline constexpr int64_t kMaxStreamMs = int64_t{6} * 3600 * 1000;
// How long an uploaded document waits for the statement that commits to it, milliseconds.
inline constexpr int64_t kStagedDocumentMs = int64_t{24} * 3600 * 1000;
// Uploaded documents that wait for their statements in one convention, and those of one agent.
inline constexpr size_t kMaxStagedDocuments = 64;
inline constexpr size_t kMaxStagedDocumentsAnAgent = 8;
// Free space that a disk keeps for the log: what would eat into it is refused.
inline constexpr uint64_t kDiskFloorBytes = uint64_t{64} << 20;
// One document of a decision file.
inline constexpr size_t kMaxDocumentBytes = 256 * 1024;
// All attachments of one request.
inline constexpr size_t kMaxAttachmentsBytes = 3 * 1024 * 1024;
// A gRPC message.
inline constexpr size_t kMaxMessageBytes = 4 * 1024 * 1024;
// Attachments of one request.
inline constexpr size_t kMaxAttachments = 512;
// Acts of one statement.
inline constexpr size_t kMaxActs = 512;
// Signers of one statement.
inline constexpr size_t kMaxSigners = 16;
// Depth of nested messages on the wire.
inline constexpr int kMaxMessageDepth = 16;
// Findings of one decision or refusal; the rest is counted.
inline constexpr size_t kMaxFindings = 32;
// Failing cells, column hits and text hits of an Observed.
inline constexpr size_t kMaxObservedHits = 32;
// References kept of one refused act.
inline constexpr size_t kMaxRefusedReferences = 16;
// Fields of a dataset, and codes of one field.
inline constexpr size_t kMaxFields = 64;
inline constexpr size_t kMaxFieldCodes = 64;
// Units, purposes, tags, categories listed by one act.
inline constexpr size_t kMaxCodes = 64;
// Recommendations of one opinion.
inline constexpr size_t kMaxRecommendations = 16;
// Signature lines of a note.
inline constexpr size_t kMaxNoteSignatures = 100;
// A note or checkpoint.
inline constexpr size_t kMaxNoteBytes = 64 * 1024;
// A tlog-proof file.
inline constexpr size_t kMaxProofBytes = 256 * 1024;
// Hashes of an inclusion proof: sizes are below 2^63.
inline constexpr size_t kMaxProofHashes = 63;
// Origin and key names of checkpoints.
inline constexpr size_t kMaxOriginBytes = 255;
// Longest life of a statement, milliseconds (WIRE 8).
inline constexpr int64_t kMaxStatementLifeMs = int64_t{30} * 24 * 3600 * 1000;
// Default life of a statement, milliseconds.
inline constexpr int64_t kDefaultStatementLifeMs = int64_t{24} * 3600 * 1000;
// How far ahead of the record time a statement may claim to be issued, milliseconds.
inline constexpr int64_t kMaxClockSkewMs = 5 * 60 * 1000;
// How far the wall clock may fall behind the last entry before acts stop, milliseconds (WIRE 5).
inline constexpr int64_t kMaxClockRetreatMs = 2 * 60 * 1000;
// How long a refused statement's bytes and salt are kept, milliseconds (WIRE 26).
inline constexpr int64_t kRefusedKeptMs = kMaxStatementLifeMs;
// States of conventions in one process's memory, and how long one stays that nobody asks for,
// milliseconds.
inline constexpr size_t kMaxAwakeConventions = 128;
inline constexpr int64_t kIdleConventionMs = 10 * 60 * 1000;
// How long a group waits at most for the statements that it is worth waiting for, milliseconds.
inline constexpr int64_t kGatherMs = 1;
// Statements waiting before one sequencer, and freezes and key stops in a lane of their own.
inline constexpr size_t kMaxQueue = 1024;
inline constexpr size_t kMaxUrgentQueue = 128;
// What one key and one party may ask of a gateway by default: calls a second for long, and at once.
inline constexpr int64_t kKeyCallsPerSecond = 200;
inline constexpr int64_t kPartyCallsPerSecond = 500;
inline constexpr int64_t kCallsBurstSeconds = 10;
// The same in the lane of freezes and key stops.
inline constexpr int64_t kUrgentCallsPerSecond = 5;
// Calls that a statement counts as which the rules refuse: it stays in the log all the same.
inline constexpr int64_t kRefusedCalls = 10;
// Deadline given to a call that brings none, milliseconds.
inline constexpr int64_t kDefaultDeadlineMs = 30 * 1000;
// How long an answer waits for the level of evidence asked for, milliseconds, and how many do.
inline constexpr int64_t kLevelWaitMs = 30 * 1000;
inline constexpr size_t kMaxLevelWaiters = 1024;
// Page sizes of lists.
inline constexpr uint32_t kDefaultPageSize = 50;
inline constexpr uint32_t kMaxPageSize = 200;
// A chunk of a streamed reply.
inline constexpr size_t kStreamChunkBytes = 256 * 1024;
// A PEM file of a key or of certificates.
inline constexpr size_t kMaxPemBytes = 64 * 1024;
// A response of a time-stamp authority, a revocation list, and what is kept of both and a chain.
inline constexpr size_t kMaxTimeStampBytes = 64 * 1024;
inline constexpr size_t kMaxRevocationListBytes = 2 * 1024 * 1024;
inline constexpr size_t kMaxStampChainBytes = 3 * 1024 * 1024;
// Entries of an export that a verifier takes: 64 bytes of memory each.
inline constexpr uint64_t kMaxVerifiedEntries = uint64_t{1} << 26;
// Hashes of a consistency proof: two for each level of the highest tree.
inline constexpr size_t kMaxConsistencyHashes = 128;
// A statement file or a profile, as JSON: attachments in base64 and room around them.
inline constexpr size_t kMaxStatementFileBytes = 8 * 1024 * 1024;
inline constexpr size_t kMaxProfileBytes = 64 * 1024;
// Deadline of a call that streams its answer, milliseconds.
inline constexpr int64_t kStreamDeadlineMs = 5 * 60 * 1000;
// Entries asked for in one streamed call.
inline constexpr uint64_t kEntriesPerCall = 4096;
// Columns of a payload that are looked at; a file with more is not read.
inline constexpr size_t kMaxColumns = kMaxFields + 16;
// A cell of a payload.
inline constexpr size_t kMaxCellBytes = 1024;
// Idle read connections that a vault keeps.
inline constexpr size_t kMaxIdleReaders = 8;
// How long a vault waits for another process that reads or locks its database, milliseconds.
inline constexpr int kVaultBusyMs = 250;

}  // namespace passerelle::gateway::base

#endif  // PASSERELLE_GATEWAY_BASE_LIMITS_H_
