"""The jobs of the log: P4, durable appends; P5, `audit verify`; P6, the start. As in jobs.py.

P5 and P6 need long logs: one that grew through the real hall, and exports whose entries are of a later format
minor, of which a verifier checks the bytes and interprets nothing. Both are made once and kept in the build
tree.
"""

import contextlib
import json
import os
import shutil
import tempfile

import postgres
import processes
from installation import MIB, compared, in_turn, middle

APPENDS = "appends_per_second"
SYNC = "SQLite WAL, synchronous=FULL"
WRITERS = 64
ENTRY_BYTES = 512
# A million entries through the hall take minutes; so many are made at a time.
MAKING_SECONDS = 900
STEP = 100_000
MEASURING_SECONDS = 900


def at_most(ours, baseline, figure, goal):
    """Medians of a figure of which less is better, and their ratio."""
    row = compared(ours, baseline, figure, goal)
    return {**row, "at_most": True, "met": row["ratio"] <= goal}


@contextlib.contextmanager
def emptied(bench):
    with tempfile.TemporaryDirectory(prefix="append-", dir=bench.folder) as folder:
        yield folder


def p4(bench):
    entries, seconds, rounds = (100_000, 3, 2) if bench.quick else (400_000, 8, 3)

    def append(job, **options):
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        with emptied(bench) as folder:
            return json.loads(processes.run(
                [bench.program("tests/bench/passerelle_tests_bench_append"), "--job", job, "--folder", folder,
                 "--bytes", ENTRY_BYTES, "--entries", entries, *words]))

    with postgres.cluster(bench) as other:
        settings = other.settings()
        ours, baseline = in_turn(rounds, lambda: append("log", writers=WRITERS),
                                 lambda: other.commits(WRITERS, seconds, ENTRY_BYTES))
    group = round(middle(ours, "entries_a_group"))
    # As many rows a commit as ours had entries a group.
    again, bare = in_turn(rounds, lambda: append("log", writers=WRITERS), lambda: append("sqlite", group=group))
    unindexed, bare_too = in_turn(rounds, lambda: append("unindexed", writers=WRITERS),
                                  lambda: append("sqlite", group=group))
    how = f"{ENTRY_BYTES} B an entry; ours: {SYNC}, groups of {group}, {WRITERS} writers"
    theirs = ", ".join(f"{name}={settings[name]}" for name in ("fsync", "synchronous_commit", "wal_sync_method"))
    latency = {figure: middle(ours, figure) for figure in ("p50_us", "p99_us")}
    common = {"id": "P4", "unit": "entries/s", "entry_bytes": ENTRY_BYTES, "writers": WRITERS, "group": group,
              "sync": SYNC}
    return [
        {**common, "what": "durable append; PostgreSQL commits", **compared(ours, baseline, APPENDS, 20), **latency,
         "how": f"{how}; PostgreSQL {settings['server_version']}, {theirs}, {WRITERS} clients, a row a commit",
         "postgres": settings},
        {**common, "what": "durable append; bare SQLite", **compared(again, bare, APPENDS, 0.8),
         "how": f"{how}; bare: {SYNC}, {group} rows a commit, one thread"},
        {**common, "what": "the same, statements not indexed", **compared(unindexed, bare_too, APPENDS, 0.8),
         "p50_us": middle(unindexed, "p50_us"), "p99_us": middle(unindexed, "p99_us"),
         "how": "as above, without the index of statements that is filled behind the answer"}]


def long_log(bench, command, seconds=MEASURING_SECONDS, **options):
    words = [word for name, value in options.items()
             for word in ((f"--{name}",) if value is True else (f"--{name}", value))]
    return json.loads(processes.run([bench.program("tests/bench/passerelle_tests_bench_long_log"), command, *words],
                                    seconds=seconds, shown=True))


def say(text):
    print(f"making: {text}", flush=True)


def grown(bench, entries):
    """The folder of a convention with so many entries, made unless it is there."""
    folder = bench.tree / f"long-{entries}"
    for step in range(STEP, entries + STEP, STEP):
        made = long_log(bench, "make", MAKING_SECONDS, folder=folder, entries=min(step, entries))
        if made["more"] > 0:
            say(f"{made['entries']} entries, {made['seconds']:.0f} s")
    return folder


def exported(bench, entries):
    """The export of it."""
    folder = grown(bench, entries)
    whole = folder / "export"
    if not (whole / "checkpoint").exists():
        shutil.rmtree(whole, ignore_errors=True)
        say(f"its export, {long_log(bench, 'export', MAKING_SECONDS, folder=folder, export=whole)['fetched']} entries")
    return whole


def unread(bench, entries, size):
    """An export of so many entries of that size that nobody interprets."""
    whole = bench.tree / f"unread-{size}-{entries}"
    if not (whole / "checkpoint").exists():
        shutil.rmtree(whole, ignore_errors=True)
        long_log(bench, "unread", MAKING_SECONDS, export=whole, entries=entries, bytes=size)
    return whole


def verify(bench, export, interpreted):
    """`passerelle audit verify` of an export, a process of its own."""
    said, used = processes.measured([bench.program("gateway/cli/passerelle"), "--lang", "en", "--json", "audit",
                                     "verify", export], seconds=MEASURING_SECONDS)
    found = json.loads(said)
    if not found["accepted"] or (found["not_interpreted"] == 0) != interpreted:
        raise processes.BenchError(f"audit verify said: {said}")
    return {**used, "entries": found["entries"], "signatures": found["signatures"],
            "signatures_per_second": found["signatures"] / used["seconds"]}


def one_pass(bench, entries, rounds, size=ENTRY_BYTES):
    """SHA-256 in one pass over the bundles of an export, warm."""
    return [long_log(bench, "hash", export=unread(bench, entries, size)) for _ in range(rounds)]


def p5(bench):
    entries, rounds = (50_000, 3) if bench.quick else (1_000_000, 3)
    rows = []
    for size, goal in ((2048, 1.5), (ENTRY_BYTES, 2)):
        export = unread(bench, entries, size)
        one_pass(bench, entries, 1, size)
        ours, baseline = in_turn(rounds, lambda export=export: verify(bench, export, interpreted=False),
                                 lambda size=size: one_pass(bench, entries, 1, size)[0])
        rows.append({"id": "P5", "what": f"verify {entries} x {size} B, hashes", "unit": "s",
                     **at_most(ours, baseline, "seconds", goal), "entry_bytes": size, "entries": entries,
                     "peak_mib": middle(ours, "peak_mib"),
                     "how": f"`audit verify` of entries of a later format minor, its whole process; baseline: "
                            f"SHA-256 over the same bundles, {baseline[0]['bytes'] / MIB:.0f} MiB; page cache warm"})
    cores = os.cpu_count()
    export = exported(bench, entries)
    size = round(long_log(bench, "hash", export=export)["bytes"] / entries)
    ours, bare = in_turn(2 if bench.quick else 1, lambda: verify(bench, export, interpreted=True),
                         lambda: long_log(bench, "signatures", entries=20_000 if bench.quick else 60_000, bytes=size,
                                          threads=cores))
    for run in bare:
        run["signatures_per_second"] = run["per_second"]
    lone = long_log(bench, "signatures", entries=20_000, bytes=size, threads=1)
    rows.append({"id": "P5", "what": f"verify {entries} x {size} B, whole", "unit": "signatures/s",
                 **compared(ours, bare, "signatures_per_second", 0.9), "entry_bytes": size, "entries": entries,
                 "cores": cores, "lone_core_per_second": lone["per_second"], "peak_mib": middle(ours, "peak_mib"),
                 "how": f"`audit verify` of {ours[0]['signatures']} signatures, decoded, checked, applied; baseline: "
                        f"Ed25519 verifications on {cores} cores at once (one alone: {lone['per_second']:,.0f}/s)"})
    return rows


def p6(bench):
    entries, rounds = (50_000, 2) if bench.quick else (1_000_000, 1)
    folder = grown(bench, entries)
    # The one without leaves a snapshot for the other.
    whole, snapshot = in_turn(rounds, lambda: long_log(bench, "start", folder=folder, whole=True),
                              lambda: long_log(bench, "start", folder=folder))
    one_pass(bench, entries, 1)
    hashed = one_pass(bench, entries, 3)
    how = "1 KiB transfers, an entry each, all payloads kept; a convention opened in a process of its own, " + SYNC
    return [
        {"id": "P6", "what": f"start of {entries}, snapshot; replay", "unit": "s", "entries": entries, "how": how,
         **at_most(snapshot, whole, "seconds", 0.02), "resident_mib": middle(snapshot, "resident_mib")},
        {"id": "P6", "what": "full replay; SHA-256 at 512 B", "unit": "s", "entries": entries,
         "entry_bytes": ENTRY_BYTES, "resident_mib": middle(whole, "resident_mib"),
         **at_most(whole, hashed, "seconds", 10)}]


JOBS = {"P4": p4, "P5": p5, "P6": p6}
