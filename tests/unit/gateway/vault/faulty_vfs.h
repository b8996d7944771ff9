// A disk that fails when told: a SQLite VFS before the host's own, the default one of its process.
#ifndef PASSERELLE_TESTS_UNIT_GATEWAY_VAULT_FAULTY_VFS_H_
#define PASSERELLE_TESTS_UNIT_GATEWAY_VAULT_FAULTY_VFS_H_

namespace passerelle::gateway::vault {

// Which operations a fault counts.
enum class Fault { kWrite, kSync, kTruncate };

// Makes the disk the default of databases opened from now on. Thread-safe.
void InstallFaultyDisk();

// Lets the `nth` operation of a kind from now on (1 is the next), and every one after it, fail with
// a SQLite result code.
void FailFrom(Fault fault, int nth, int code);

// Ends the fault. Returns whether any operation failed.
bool MendDisk();

}  // namespace passerelle::gateway::vault

#endif  // PASSERELLE_TESTS_UNIT_GATEWAY_VAULT_FAULTY_VFS_H_
