"""The jobs: one function each, by its id in gateway/docs/performance.md.

Each gives a list of rows {id, what, unit, ours, baseline, ratio, goal, met, ...}; what has no baseline or no
goal leaves it out.
"""

import contextlib
import json
import shutil
import time

import installation
import processes
from installation import KIB, MIB, compared, in_turn, middle

RATE = "calls_per_second"
# P13's conventions, each statement of which is signed, checked and durable, take minutes on an idle machine.
MAKING_SECONDS = 1800
MEASURING_SECONDS = 600


def at_in_flight(bench, gateway, echo, in_flight, calls, rounds):
    """Runs of ours and of the echo with that many calls outstanding."""
    payloads = [bench.table(KIB)]
    echo_pid, echo_port = echo
    return in_turn(
        rounds,
        lambda: bench.load("gateway", "carry", payloads=payloads, calls=calls, in_flight=in_flight,
                           warm_up=4 * in_flight, server=gateway.pid),
        lambda: bench.load("echo", "carry", payloads=payloads, calls=4 * calls, in_flight=in_flight,
                           warm_up=4 * in_flight, server=echo_pid, target=f"localhost:{echo_port}"))


def transfers_row(name, what, ours, baseline, goal):
    row = {"id": name, "what": what, "unit": "transfers/s", **compared(ours, baseline, RATE, goal)}
    for figure in ("p50_us", "p99_us", "client_cpu_us", "server_cpu_us"):
        row[figure] = middle(ours, figure)
        row[f"baseline_{figure}"] = middle(baseline, figure)
    return row


def p1(bench):
    bench.found()
    with processes.gateway(bench) as gateway, processes.echo(bench) as echo:
        written = gateway.written_bytes()
        ours, baseline = at_in_flight(bench, gateway, echo, 64, 1500 if bench.quick else 6000,
                                      2 if bench.quick else 3)
        carried = sum(run["calls"] + 4 * 64 for run in ours)
        row = transfers_row("P1", "1 KiB, 64 in flight", ours, baseline, 0.70)
        row["written_bytes_a_transfer"] = (gateway.written_bytes() - written) / carried
        return [row]


def p1b(bench):
    bench.found()
    rows = []
    with processes.gateway(bench) as gateway, processes.echo(bench) as echo:
        for in_flight, calls, goal in ((1, 1000, 0.33), (16, 4000, 0.55)):
            ours, baseline = at_in_flight(bench, gateway, echo, in_flight, calls // 4 if bench.quick else calls,
                                          2 if bench.quick else 3)
            rows.append(transfers_row("P1b", f"1 KiB, {in_flight} in flight", ours, baseline, goal))
        # As at a partner's: the client's last checkpoint becomes durable too, on the same disk here.
        durable = [bench.load("gateway", "carry", payloads=[bench.table(KIB)], calls=250, warm_up=4,
                              server=gateway.pid, scratch=bench.folder) for _ in range(2)]
        rows.append({"id": "P1b", "what": "1 in flight, client's disk synced too", "unit": "transfers/s",
                     "ours": middle(durable, RATE), "p50_us": middle(durable, "p50_us"),
                     "p99_us": middle(durable, "p99_us"), "runs": durable})
    return rows


def p2(bench):
    bench.found()
    payloads = [bench.table(KIB)]
    sets = 64 if bench.quick else 192
    with processes.gateway(bench) as gateway, processes.echo(bench) as (echo_pid, echo_port):
        ours, baseline = in_turn(
            2 if bench.quick else 3,
            lambda: bench.load("gateway", "carry", payloads=payloads, calls=sets, in_flight=16, warm_up=16, acts=64,
                               server=gateway.pid),
            lambda: bench.load("echo", "carry", payloads=payloads, calls=16 * sets, in_flight=64, warm_up=256,
                               server=echo_pid, target=f"localhost:{echo_port}"))
        for run in ours:
            run[RATE] *= 64
            run["server_cpu_us"] /= 64
            run["client_cpu_us"] /= 64
        return [transfers_row("P2", "sets of 64, 16 sets in flight", ours, baseline, 3)]


def mib_a_second(run, size):
    run["mib_per_second"] = size * run["calls"] / run["seconds"] / MIB
    return run


def stream_row(what, ours, baseline, goal, **more):
    return {"id": "P3", "what": what, "unit": "MiB/s", **compared(ours, baseline, "mib_per_second", goal), **more}


def p3(bench):
    bench.found()
    size, rounds = (96 * MIB, 2) if bench.quick else (1024 * MIB, 2)
    table = bench.table(size)
    length = table.stat().st_size
    rows = []
    with processes.gateway(bench) as gateway, processes.echo(bench) as (echo_pid, echo_port):
        target = f"localhost:{echo_port}"

        def up():
            return mib_a_second(bench.load("gateway", "carry", payloads=[table], calls=1, server=gateway.pid), length)

        def bare_up():
            return mib_a_second(bench.load("echo", "opaque", payloads=[table], calls=1, server=echo_pid,
                                           target=target), length)

        # What any call costs is there before.
        bench.load("gateway", "carry", payloads=[bench.table(KIB)], calls=64, in_flight=8, server=gateway.pid)
        before = gateway.peak_kib()
        ours, baseline = in_turn(rounds, up, bare_up)
        grown = (gateway.peak_kib() - before) / KIB
        rows.append(stream_row(f"{length // MIB} MiB up, checked as CSV", ours, baseline, 0.5,
                               resident_growth_mib=grown))
        transfer = ours[-1]["statement"]
        before = gateway.peak_kib()
        ours, baseline = in_turn(
            rounds,
            lambda: mib_a_second(bench.load("gateway", "fetch", who="reader", payloads=[table], calls=1,
                                            server=gateway.pid, transfer=transfer, scratch=bench.folder), length),
            lambda: mib_a_second(bench.load("echo", "fetch", who="reader", payloads=[table], calls=1,
                                            server=echo_pid, target=target), length))
        rows.append(stream_row(f"{length // MIB} MiB down", ours, baseline, 0.8,
                               resident_growth_mib=(gateway.peak_kib() - before) / KIB))
        # Documents alone are carried unseen today, and they end at 64 MiB; eight of an agent may wait.
        document = bench.table(64 * MIB)
        part = document.stat().st_size
        ours, baseline = in_turn(
            3,
            lambda: mib_a_second(bench.load("gateway", "opaque", payloads=[document], calls=2, server=gateway.pid),
                                 part),
            lambda: mib_a_second(bench.load("echo", "opaque", payloads=[document], calls=2, server=echo_pid,
                                            target=target), part))
        rows.append(stream_row("64 MiB up, opaque (documents)", ours, baseline, 0.8))
    return rows


def p7(bench):
    sizes, rounds = ((200, 2000), 3) if bench.quick else ((1000, 10000), 5)
    found = json.loads(processes.run(
        [bench.program("tests/bench/passerelle_tests_bench_register"), "--activities", *sizes, "--rounds", rounds,
         "--sheet", installation.ROOT / "gateway/docs/example/fiche-registre.json"],
        environment={"TMPDIR": str(bench.folder)}))
    rows = []
    for point in found["points"]:
        ours, other = (sorted(point[name])[rounds // 2] for name in ("seconds", "baseline_seconds"))
        rows.append({"id": "P7", "what": f"register of {point['activities']} activities", "unit": "s", "ours": ours,
                     "baseline": other, "ratio": ours / other, "goal": 3, "met": ours / other <= 3, **point})
    growth = rows[1]["ours"] / rows[0]["ours"] / (sizes[1] / sizes[0])
    rows.append({"id": "P7", "what": f"growth {sizes[0]} to {sizes[1]}, linear = 1", "unit": "", "ours": growth,
                 "goal": 1.2, "met": growth <= 1.2})
    return rows


def p8(bench):
    datasets, exchanges, transfers = ((1000, 1000, (10, 1000, 50000)) if bench.quick else
                                      (1000, 10000, (10, 1000, 100000, 1000000)))
    found = json.loads(processes.run(
        [bench.program("tests/bench/passerelle_tests_bench_decide"), "--datasets", datasets, "--exchanges", exchanges,
         "--transfers", *transfers]))
    return [{"id": "P8", "what": f"Decide, {point['transfers']} transfers", "unit": "µs", "ours": point["p50_us"],
             "goal": 5, "met": point["p50_us"] <= 5, "datasets": datasets, "exchanges": exchanges, **point}
            for point in found["points"]]


# X-Road's own mix: sizes, and how many of a thousand calls have each.
MIX = ((2 * KIB, 300), (10 * KIB, 600), (100 * KIB, 90), (2 * MIB, 9), (10 * MIB, 1))


def p10(bench):
    bench.found()
    payloads = [bench.table(size) for size, _ in MIX]
    mix = {"payloads": payloads, "shares": [share for _, share in MIX], "calls": 1000 if bench.quick else 2000,
           "in_flight": 16}
    with processes.gateway(bench) as gateway, processes.echo(bench, plain=True) as (echo_pid, echo_port), \
            processes.nginx(bench, echo_port) as port:
        ours, baseline = in_turn(
            2 if bench.quick else 3,
            lambda: bench.load("gateway", "carry", server=gateway.pid, **mix),
            lambda: bench.load("echo", "carry", server=echo_pid, target=f"localhost:{port}", sign=False, **mix))
        return [transfers_row("P10", "X-Road's mix, 16 in flight", ours, baseline, 0.5)]


def gpg(bench, who, *words):
    return processes.run(["gpg", "--homedir", bench.folder / f"gpg-{who}", "--batch", "--yes", "--quiet",
                          "--trust-model", "always", *words])


@contextlib.contextmanager
def keyrings(bench):
    """gpg keys of a sender and a reader, who know one another's."""
    for who in ("sender", "reader"):
        (bench.folder / f"gpg-{who}").mkdir(mode=0o700)
        gpg(bench, who, "--passphrase", "", "--quick-gen-key", f"bench-{who}", "future-default", "default", "never")
    for who, other in (("sender", "reader"), ("reader", "sender")):
        key = bench.folder / f"gpg-{who}/{who}.key"
        gpg(bench, who, "--output", key, "--export", f"bench-{who}")
        gpg(bench, other, "--import", key)
    try:
        yield
    finally:
        for who in ("sender", "reader"):
            processes.run(["gpgconf", "--homedir", bench.folder / f"gpg-{who}", "--kill", "all"])


def p11(bench):
    bench.found()
    table = bench.table(100 * MIB)
    files = bench.folder / "files"

    def ours():
        began = time.monotonic()
        sent = bench.cli("sender", "transfer", "send", bench.exchange, table, "--party", "p001", "--period", "2026")
        bench.cli("reader", "transfer", "fetch", sent["name"], "--out", files / "delivered.csv")
        bench.cli("reader", "transfer", "ack", sent["name"], "--party", "p002")
        seconds = time.monotonic() - began
        (files / "delivered.csv").unlink()
        return {"seconds": seconds}

    with processes.gateway(bench), processes.sshd(bench) as sftp, keyrings(bench):
        batch = files / "batch"
        batch.write_text(f"put {files}/sealed.gpg {files}/arrived.gpg\n")

        def theirs():
            began = time.monotonic()
            # What is sent does not compress in the wild; gpg would spend most of its time on trying.
            gpg(bench, "sender", "--compress-algo", "none", "--sign", "--encrypt", "-r", "bench-reader",
                "--output", files / "sealed.gpg", table)
            processes.run([*sftp, "-b", batch, "127.0.0.1"])
            gpg(bench, "reader", "--output", files / "opened.csv", "--decrypt", files / "arrived.gpg")
            return {"seconds": time.monotonic() - began}

        mine, other = in_turn(2 if bench.quick else 3, ours, theirs)
    a, b = middle(mine, "seconds"), middle(other, "seconds")
    return [{"id": "P11", "what": "100 MiB to a partner", "unit": "s", "ours": a, "baseline": b, "ratio": a / b,
             "goal": 1, "met": a < b, "runs": mine, "baseline_runs": other}]


def p13(bench):
    """The conventions are made once and kept in the build tree."""
    conventions, full, cold, spread, acts, rounds = ((200, 51, 50, 50, 1500, 2) if bench.quick else
                                                     (2000, 501, 200, 500, 6000, 3))
    program = bench.program("tests/bench/passerelle_tests_bench_many")
    folder = ["--folder", bench.tree / f"many-{conventions}"]
    processes.run([program, "make", *folder, "--conventions", conventions, "--full", full],
                  seconds=MAKING_SECONDS, shown=True)
    found = json.loads(processes.run([program, "measure", *folder, "--cold", cold, "--spread", spread, "--acts", acts,
                                      "--rounds", rounds], seconds=MEASURING_SECONDS))
    start, waking, end = found["start"], found["cold"], found["end"]
    first_ms, resident = waking["p50_ms"], max(waking["resident_mib"], end["resident_mib"])
    return [
        {"id": "P13", "what": f"start with {conventions} conventions", "unit": "s", "ours": start["seconds"],
         "goal": 2, "at_most": True, "met": start["seconds"] <= 2, **found},
        {"id": "P13", "what": f"first act on one that rests, of {cold}", "unit": "ms", "ours": first_ms, "goal": 50,
         "at_most": True, "met": first_ms <= 50, "p50_us": 1000 * first_ms, "p99_us": 1000 * waking["p99_ms"]},
        {"id": "P13", "what": f"64 in flight over {spread}; on one", "unit": "transfers/s",
         **compared(found["spread"], found["one"], RATE, 0.5), "p50_us": middle(found["spread"], "p50_us"),
         "p99_us": middle(found["spread"], "p99_us")},
        {"id": "P13", "what": f"memory, {end['awake']} of them awake", "unit": "MiB", "ours": resident, "goal": 1024,
         "at_most": True, "met": resident <= 1024}]


def parts(bench, group):
    groups = (100 if bench.quick else 400) // group + 10
    return json.loads(processes.run([bench.program("tests/bench/passerelle_tests_bench_parts"), "--group", group,
                                     "--groups", groups], environment={"TMPDIR": str(bench.folder)}))


def sync_calls(bench, payloads, calls):
    """Syncs of the disk a transfer, at 64 in flight, as strace counts them."""
    counted = bench.folder / "syncs"
    strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-c", "-e", "trace=fsync,fdatasync", "-o", counted]
    with processes.gateway(bench, around=strace):
        bench.load("gateway", "carry", payloads=payloads, calls=calls, in_flight=64)
    # % time, seconds, µs a call, calls, errors if any, name.
    lines = [line.split() for line in counted.read_text().splitlines()]
    return {line[-1]: int(line[3]) / calls for line in lines if line and line[-1] in ("fsync", "fdatasync")}


def hot_spots(bench, payloads, calls):
    """Where the gateway's processor time goes at 64 in flight, by library and by function."""
    if shutil.which("perf") is None:
        return None
    record = bench.folder / "perf.data"
    with processes.gateway(bench) as gateway:
        perf = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "499", "-p", gateway.pid, "-o", record]
        try:
            with processes.started(perf, bench.folder / "perf.log", record.exists):
                bench.load("gateway", "carry", payloads=payloads, calls=calls, in_flight=64)
        except processes.BenchError:
            # Not every machine lets a process be sampled.
            return None
    found = {}
    for name, key in (("libraries", "dso"), ("functions", "dso,symbol")):
        report = processes.run(["perf", "report", "-q", "--stdio", "-i", record, "--sort", key, "--percent-limit", "0.7"])
        found[name] = [" ".join(line.split()) for line in report.splitlines() if line.strip()][:40]
    return found


def profile(bench):
    """Not a goal: where the time of a transfer goes."""
    bench.found()
    payloads = [bench.table(KIB)]
    calls = 1500 if bench.quick else 6000
    syncs = sync_calls(bench, payloads, calls)
    return {"parts": [parts(bench, group) for group in (1, 8, 24)], "syncs_a_transfer": syncs,
            "hot_spots": hot_spots(bench, payloads, calls)}


JOBS = {"P1": p1, "P1b": p1b, "P2": p2, "P3": p3, "P7": p7, "P8": p8, "P10": p10, "P11": p11, "P13": p13}
