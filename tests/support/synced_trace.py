"""Judges a trace of a gateway's system calls: was what it acknowledged durable before it said so?

    synced_trace.py check TRACE ACTS     the trace's first ACTS connections brought one act each, one after another
    synced_trace.py doctor TRACE ACTS    changes the trace in every way that must be found, and demands that it is

TRACE is strace's, of `strace -f -y` with the calls of CALLS. A call counts as a sync when it has returned 0, as an
answer when it begins: strace holds a thread at both, so that the order of its lines is one of the calls.

A commit is what one descriptor writes to a write-ahead log until it syncs it. A descriptor of the log's database that
never does commits nothing: the index of statements, which a crash may lose. An answer is LEAST bytes or more, on a socket that
the gateway accepted: what carries a checkpoint is longer, what gRPC says for itself (settings, pings, windows) is
shorter.
"""

import argparse
import dataclasses
import re
import sys

CALLS = "accept4,sendmsg,sendto,write,writev,pwrite64,fsync,fdatasync,unlink"
# A checkpoint has a root and a signature, 44 and 92 characters, and the log's name twice.
LEAST = 200

LINE = re.compile(r"^(\d+) +(?:\[[^]]*\] +)?(.*)$")
UNFINISHED = re.compile(r"^(\w+)\((.*?) *<unfinished \.\.\.>$")
RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$")
WHOLE = re.compile(r"^(\w+)\((.*)$")
RESULT = re.compile(r"\) += (-?\d+)(?:<(.*)>)?(?: .*)?$")
DESCRIPTOR = re.compile(r"^(\d+)<([^>]*)>")
PATH = re.compile(r'^"(.*?)"')


class Objection(Exception):
    """What is wrong with a trace."""


@dataclasses.dataclass
class Call:
    """One call: where its beginning and its end stand in the trace."""

    name: str
    begun: int
    ended: int
    # Number and path of its descriptor; of unlink, the path as it was given, alone.
    fd: int
    path: str
    result: int
    # What accept4 gave.
    made: str


def parse(lines):
    """The calls, by their beginning."""
    waiting = {}
    calls = []
    for number, line in enumerate(lines):
        if not (match := LINE.match(line)):
            continue
        thread, text = match.groups()
        if unfinished := UNFINISHED.match(text):
            waiting[thread] = (unfinished[1], number, unfinished[2])
            continue
        if resumed := RESUMED.match(text):
            if thread not in waiting:
                continue
            name, begun, arguments = waiting.pop(thread)
            text = arguments + resumed[2]
        elif whole := WHOLE.match(text):
            name, begun, text = whole[1], number, whole[2]
        else:
            continue
        if result := RESULT.search(text):
            descriptor = DESCRIPTOR.match(text)
            path = PATH.match(text)
            calls.append(Call(name, begun, number, int(descriptor[1]) if descriptor else -1,
                              descriptor[2] if descriptor else path[1] if path else "", int(result[1]),
                              result[2] or ""))
    return sorted(calls, key=lambda call: call.begun)


@dataclasses.dataclass
class Commit:
    """Writes of one descriptor to a write-ahead log, and the sync that made them durable."""

    path: str
    first: int
    synced: int


class Trace:
    """The commits, answers and connections of a trace."""

    def __init__(self, lines):
        self.calls = parse(lines)
        self.connections = [call for call in self.calls if call.name == "accept4" and call.result >= 0]
        sockets = {call.made for call in self.connections}
        self.answers = [call for call in self.calls if call.name in ("sendmsg", "sendto", "write", "writev")
                        and call.path in sockets and call.result >= LEAST]
        self.writes = [call for call in self.calls if call.name in ("pwrite64", "write") and call.result > 0
                       and call.path.startswith("/")]
        self.syncs = [call for call in self.calls if call.name in ("fsync", "fdatasync") and call.result == 0]
        self.writing = {call.begun for call in self.writes}
        self.syncing = {call.begun for call in self.syncs}
        self.commits = sorted(self.find_commits(), key=lambda commit: commit.first)

    def find_commits(self):
        for descriptor in {(call.fd, call.path) for call in self.writes if call.path.endswith("-wal")}:
            first = None
            for call in self.calls:
                if (call.fd, call.path) != descriptor:
                    continue
                if call.begun in self.writing and first is None:
                    first = call.begun
                if call.begun in self.syncing and first is not None:
                    yield Commit(call.path, first, call.ended)
                    first = None

    def commits_of(self, database, after, before):
        """Those of a database that began and were durable between two lines."""
        return [commit for commit in self.commits if commit.path.endswith(f"/{database}.db-wal")
                and after < commit.first and commit.synced < before]

    def check_synced(self, line, database, what):
        """At a line, whoever commits to a database has synced all that it wrote: of the vault, whoever writes."""
        committing = self.writes if database == "vault" else self.syncs
        for descriptor in {(call.fd, call.path) for call in committing if call.path.endswith(f"/{database}.db-wal")}:
            mine = [call for call in self.calls if (call.fd, call.path) == descriptor]
            written = max((call.ended for call in mine if call.begun in self.writing and call.begun < line), default=-1)
            if written >= 0 and not any(call.begun in self.syncing and written < call.begun and call.ended < line
                                        for call in mine):
                raise Objection(f"line {line + 1}: {what} while {descriptor[1]} is not synced")

    def check_act(self, connection):
        """One act came on a connection: vault, log, answer; how many commits of the vault it took."""
        answer = self.answers_on(connection)[-1]
        log = self.commits_of("audit", connection.ended, answer.begun)
        if not log:
            raise Objection(f"line {answer.begun + 1}: an answer before a synced commit of the log")
        for database in ("audit", "vault"):
            self.check_synced(answer.begun, database, "an answer")
        return len(self.commits_of("vault", connection.ended, log[0].first))

    def answers_on(self, connection):
        answers = [call for call in self.answers if call.path == connection.made]
        if not answers:
            raise Objection(f"line {connection.begun + 1}: a connection without an answer")
        return answers

    def check_silence(self, connections):
        """Nothing that may hold a signature leaves between a commit's first write and its sync."""
        for answer in (answer for connection in connections for answer in self.answers_on(connection)):
            for commit in self.commits:
                if commit.first < answer.begun < commit.synced:
                    raise Objection(f"line {answer.begun + 1}: {answer.result} bytes leave while {commit.path} is "
                                    "written and not synced")

    def check_vault_first(self):
        """What the log names the vault holds, and what the log says is erased the vault has erased."""
        for commit in self.commits:
            if commit.path.endswith("/audit.db-wal"):
                self.check_synced(commit.first, "vault", "the log goes on")

    def check_objects(self):
        """Files of contents: their bytes and names, and that these are gone, are durable before the log goes on."""
        waits = set()
        log = {commit.first for commit in self.commits if commit.path.endswith("/audit.db-wal")}
        for call in sorted(self.calls, key=lambda call: call.ended if call.begun in self.syncing else call.begun):
            if call.begun in log and waits:
                raise Objection(f"line {call.begun + 1}: the log goes on while {waits.pop()} is not synced")
            # The gateway may have been given its data directory relative to where it stands.
            path = call.path.rpartition("conventions/")[2]
            folder = path.rpartition("/")[0]
            if call.begun in self.syncing:
                waits.discard(path)
            elif folder.endswith("/objects"):
                if call.begun in self.writing:
                    waits |= {path, folder}
                elif call.name == "unlink" and call.result == 0:
                    waits.add(folder)


def check(lines, acts):
    """Raises an Objection, or says how many acts brought contents."""
    trace = Trace(lines)
    if len(trace.connections) < acts:
        raise Objection(f"{len(trace.connections)} connections, not {acts}")
    brought = trace.connections[:acts]
    with_contents = sum(trace.check_act(connection) > 0 for connection in brought)
    trace.check_silence(brought)
    trace.check_vault_first()
    trace.check_objects()
    return with_contents


def without(lines, *calls):
    """The trace as it would be without some calls."""
    gone = {number for call in calls for number in (call.begun, call.ended)}
    return [line for number, line in enumerate(lines) if number not in gone]


def moved(lines, call, behind):
    """The trace as it would be with one call behind another."""
    taken = [lines[number] for number in sorted({call.begun, call.ended})]
    rest = [(number, line) for number, line in enumerate(lines) if number not in (call.begun, call.ended)]
    at = next(place for place, (number, _) in enumerate(rest) if number > behind)
    return [line for _, line in rest[:at]] + taken + [line for _, line in rest[at:]]


def doctored(lines, acts):
    """(what was done, trace) for each change that a right judge finds."""
    trace = Trace(lines)
    ended = {call.ended: call for call in trace.syncs}
    for number, connection in enumerate(trace.connections[:acts], 1):
        answer = trace.answers_on(connection)[-1]
        for database in ("audit", "vault"):
            for commit in trace.commits_of(database, connection.ended, answer.begun):
                sync = ended[commit.synced]
                yield f"act {number}: no sync of {database}", without(lines, sync)
                yield f"act {number}: sync of {database} after the answer", moved(lines, sync, answer.ended)
        for commit in trace.commits_of("audit", connection.ended, answer.begun):
            yield f"act {number}: the answer before the log's sync", moved(lines, answer, commit.first)
    log = [commit.first for commit in trace.commits if commit.path.endswith("/audit.db-wal")]
    for first in log:
        written = max((call.ended for call in trace.writes
                       if call.path.endswith("/vault.db-wal") and call.ended < first), default=first)
        syncs = [call for call in trace.syncs if call.path.endswith("/vault.db-wal") and written < call.begun < first]
        if syncs:
            yield f"line {first + 1}: no sync of the vault before the log", without(lines, *syncs)
    for database in ("audit", "vault"):
        syncs = [call for call in trace.syncs if call.path.endswith(f"/{database}.db-wal")]
        yield f"no sync of {database} at all", without(lines, *syncs)
    for call in trace.syncs:
        if call.ended < log[-1] and "/objects" in call.path:
            yield f"line {call.begun + 1}: no sync of {call.path}", without(lines, call)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mode", choices=("check", "doctor"))
    parser.add_argument("trace")
    parser.add_argument("acts", type=int)
    options = parser.parse_args()
    with open(options.trace, errors="replace") as file:
        lines = file.read().splitlines()
    try:
        with_contents = check(lines, options.acts)
    except Objection as objection:
        sys.exit(str(objection))
    if options.mode == "check":
        print(f"{options.acts} acts, {with_contents} with contents")
        return
    changes = 0
    for what, changed in doctored(lines, options.acts):
        changes += 1
        try:
            check(changed, options.acts)
        except Objection:
            continue
        sys.exit(f"not found: {what}")
    print(changes)


if __name__ == "__main__":
    main()
