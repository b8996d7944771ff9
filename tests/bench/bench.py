"""Runs the benches that tests/bench/run built: prints a table, writes every figure as JSON."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import signal
import subprocess
import sys
import time

import installation
import jobs
import log_jobs
import processes

JOBS = dict(sorted({**jobs.JOBS, **log_jobs.JOBS}.items(), key=lambda job: (int(re.sub(r"\D", "", job[0])), job[0])))


def told(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=installation.ROOT)
    return done.stdout.strip()


def machine(tree):
    cpu = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = re.search(r"^MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text(), re.MULTILINE)
    return {"processor": cpu[1] if cpu else platform.processor(), "cores": os.cpu_count(),
            "memory_mib": int(memory[1]) // 1024 if memory else 0, "kernel": platform.release(),
            "file_system": told(["stat", "-f", "-c", "%T", str(tree)]), "load_before": os.getloadavg()[0]}


def number(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"


def show(row):
    sign = "≤" if row.get("at_most", row["id"] in ("P7", "P8", "P11")) else "≥"
    goal = f"{sign} {row['goal']:g}" + (" µs" if row["id"] == "P8" else "") if "goal" in row else ""
    verdict = {True: "met", False: "MISSED"}.get(row.get("met"), "")
    print(f"{row['id']:<4} {row['what']:<34} {number(row['ours']):>10} {number(row.get('baseline')):>10} "
          f"{row['unit']:<12} {number(row.get('ratio')):>6} {goal:>9}  {verdict}")
    more = []
    if "p99_us" in row:
        more.append(f"p50 {row['p50_us'] / 1000:.3g} ms, p99 {row['p99_us'] / 1000:.3g} ms")
    if "server_cpu_us" in row:
        more.append(f"CPU a transfer: server {row['server_cpu_us']:.0f} µs (echo {row['baseline_server_cpu_us']:.0f}), "
                    f"client {row['client_cpu_us']:.0f} µs (echo {row['baseline_client_cpu_us']:.0f})")
    for figure, word in (("written_bytes_a_transfer", "B written a transfer"),
                         ("resident_growth_mib", "MiB of resident memory more"), ("resident_mib", "MiB resident"),
                         ("peak_mib", "MiB resident at most")):
        if figure in row:
            more.append(f"{row[figure]:,.0f} {word}")
    if more:
        print("     " + "; ".join(more), flush=True)
    if "how" in row:
        print("     " + row["how"], flush=True)


def show_profile(found):
    print("\nprofile: CPU µs of a transfer by part, one after the other on one thread")
    names = found["parts"][0]["cpu_us_a_transfer"]
    print("  " + " " * 22 + "".join(f"{'group ' + str(part['group']):>12}" for part in found["parts"]))
    for name in sorted(names, key=lambda name: -found["parts"][-1]["cpu_us_a_transfer"][name]):
        print(f"  {name:<22}" + "".join(f"{part['cpu_us_a_transfer'][name]:12.1f}" for part in found["parts"]))
    print("  " + ", ".join(f"{name} {count:.3f}" for name, count in found["syncs_a_transfer"].items())
          + " a transfer at 64 in flight")
    for line in (found["hot_spots"] or {}).get("libraries", [])[:8]:
        print(f"  {line}")


def chosen(text):
    known = [*JOBS, "profile"]
    wanted = text.split(",") if text else known
    for name in wanted:
        if name not in known:
            sys.exit(f"tests/bench/run: there is no {name}; known are {', '.join(known)}")
    return wanted


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tree", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--out", required=True)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    wanted = chosen(arguments.only)
    # Whoever ends it has what it started ended as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("tests/bench/run: ended"))
    began = time.monotonic()
    report = {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
              "commit": told(["git", "rev-parse", "HEAD"]), "changed": bool(told(["git", "status", "--porcelain"])),
              "machine": machine(arguments.tree), "profile": "quick" if arguments.quick else "full",
              "build": "CMAKE_BUILD_TYPE=Release", "connections": installation.CHANNELS,
              "sync": "SQLite in WAL mode, synchronous=FULL; vault, then log: two commits a group", "rows": []}
    bench = installation.Bench(arguments.tree, arguments.quick)
    try:
        print(f"{'id':<4} {'job':<34} {'ours':>10} {'baseline':>10} {'':<12} {'ratio':>6} {'goal':>9}", flush=True)
        for name, job in JOBS.items():
            if name in wanted:
                for row in job(bench):
                    report["rows"].append(row)
                    show(row)
        if "profile" in wanted:
            report["profile_of_a_transfer"] = jobs.profile(bench)
            show_profile(report["profile_of_a_transfer"])
    except processes.BenchError as fault:
        sys.exit(f"tests/bench/run: {fault}")
    finally:
        bench.close()
        report["seconds"] = time.monotonic() - began
        report["machine"]["load_after"] = os.getloadavg()[0]
        pathlib.Path(arguments.out).write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    print(f"\n{report['seconds']:.0f} s; every figure: {arguments.out}")


if __name__ == "__main__":
    main()
