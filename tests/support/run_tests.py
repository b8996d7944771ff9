"""Runs what tests/run built and counts it: googletest cases, scripts, lints, tidied units, fuzzers.

Every kind of test is a Job: it has names, knows which of them --only selects, runs in a process of its
own and answers with a Tally. As many run at once as there are cores: each has folders, ports and processes
of its own.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

import tidy

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOGS = ROOT / "build" / "logs"
WORKERS = os.cpu_count() or 2
TIMEOUT_SECONDS = 900
SKIPPED_EXIT = 77
SHOWN_LINES = 40
SLOWEST_SHOWN = 8

# The scripts that have a long variant, and the variables that make it, the longest first; --long runs these.
LONG = {
    "kill9.sh": {"PASSERELLE_KILL_ROUNDS": "200"},
    "large_log.sh": {"PASSERELLE_LOG_ENTRIES": "10000000"},
    "streams.sh": {"PASSERELLE_STREAM_MIB": "1024"},
    "testssl.sh": {"PASSERELLE_TESTSSL": "full"},
    "storage_faults.sh": {"PASSERELLE_FLIPS": "150"},
    "clients.sh": {"PASSERELLE_SLOW": "1"},
}
# The same of unit tests: which cases, and what makes them long.
LONG_UNITS = {
    "unit/gateway/core": ("*SweepTest.*", {"PASSERELLE_SWEEP": "whole"}),
}
LONG_SECONDS = 20 * 60
# The scripts whose subject is not our code: documents, shells, the unit, other languages' clients, protocols that
# OpenSSL offers. Under a sanitizer they would find nothing and take minutes.
NOT_SANITIZED = {"completion.sh", "deploy.sh", "partner_client.sh", "rules_document.sh", "sigstore.sh", "testssl.sh",
                 "verification.sh"}
# How often --long says how far its scripts are.
LOOK_SECONDS = 30

SANITIZER_OPTIONS = {
    # Generated code is not instrumented, and containers cross into it.
    "ASAN_OPTIONS": "detect_container_overflow=0",
    "LSAN_OPTIONS": f"suppressions={ROOT}/tests/support/lsan.supp:print_suppressions=0",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1",
}


@dataclasses.dataclass
class Tally:
    """What a job counted, and what to show of its failures."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    notes: list = dataclasses.field(default_factory=list)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped


def log_path(name):
    return LOGS / (re.sub(r"[^A-Za-z0-9_.-]", "_", name) + ".log")


def run_logged(command, name, extra_environment=None, timeout=TIMEOUT_SECONDS):
    """Runs `command` with its output in a log; returns (exit code, log). A hang ends as code -9."""
    environment = {**SANITIZER_OPTIONS, **os.environ, **(extra_environment or {})}
    path = log_path(name)
    with open(path, "wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   env=environment, cwd=ROOT, start_new_session=True)
        try:
            return process.wait(timeout), path
        except subprocess.TimeoutExpired:
            log.write(f"\nno end after {timeout} s\n".encode())
            return -signal.SIGKILL, path
        finally:
            # What a test leaves behind must not reach the next one.
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()


def last_lines(path):
    lines = path.read_text(errors="replace").splitlines()
    return "\n".join("    " + line for line in lines[-SHOWN_LINES:])


class GoogleTest:
    """One test binary: as many tests as it has cases."""

    def __init__(self, folder, command, only):
        self.folder = folder
        self.command = command
        listed = subprocess.run([*command, "--gtest_list_tests"], capture_output=True, text=True,
                                cwd=ROOT, env={**SANITIZER_OPTIONS, **os.environ}, check=False)
        self.broken = listed.stderr if listed.returncode else ""
        cases = list(self.parse_list(listed.stdout))
        self.cases = [case for case in cases if only.search(f"{folder} {case}")]
        self.filter = "*" if len(self.cases) == len(cases) else ":".join(self.cases)
        self.names = [f"{folder} {case}" for case in self.cases]
        if self.broken:
            self.names = [folder]

    @staticmethod
    def parse_list(text):
        suite = ""
        for line in text.splitlines():
            name = line.split("#")[0].rstrip()
            if name.startswith("  "):
                yield suite + name.strip()
            elif name.endswith("."):
                suite = name

    def run(self):
        if self.broken:
            return Tally(failed=1, notes=[f"{self.folder} cannot list its tests:\n{self.broken}"])
        report = log_path(self.folder).with_suffix(".json")
        report.unlink(missing_ok=True)
        code, log = run_logged(self.command, self.folder, {
            "GTEST_OUTPUT": f"json:{report}", "GTEST_FILTER": self.filter, "GTEST_COLOR": "no"})
        if not report.exists():
            # It died: no case of it counts as passed.
            return Tally(failed=len(self.cases), notes=[
                f"{self.folder} ended with {code} and no report:\n{last_lines(log)}"])
        tally = self.read(json.loads(report.read_text()))
        if code != 0 and tally.failed == 0:
            # A sanitizer or a destructor spoke after the last case.
            tally.failed = 1
            tally.notes.append(f"{self.folder} ended with {code}:\n{last_lines(log)}")
        return tally

    def read(self, report):
        tally = Tally()
        for suite in report["testsuites"]:
            for case in suite["testsuite"]:
                if case.get("failures"):
                    tally.failed += 1
                    shown = "\n".join(failure["failure"] for failure in case["failures"])
                    shown = "\n".join("    " + line for line in shown.splitlines()[:SHOWN_LINES])
                    tally.notes.append(f"{self.folder} {suite['name']}.{case['name']}\n{shown}")
                elif case.get("result") == "COMPLETED":
                    tally.passed += 1
                else:
                    tally.skipped += 1
        return tally


class Command:
    """One process that is one test: a script, a lint, a fuzzer."""

    def __init__(self, name, command, timeout=TIMEOUT_SECONDS, environment=None, deadline=None):
        """`deadline`, of the monotonic clock, bounds a job together with those before it."""
        self.names = [name]
        self.command = command
        self.timeout = timeout
        self.environment = environment
        self.deadline = deadline

    def run(self):
        name = self.names[0]
        timeout = self.timeout
        if self.deadline is not None:
            timeout = max(1, round(self.deadline - time.monotonic()))
        code, log = run_logged(self.command, name, self.environment, timeout)
        if code == 0:
            return Tally(passed=1)
        if code == SKIPPED_EXIT:
            return Tally(skipped=1, notes=[f"skipped {name}\n{last_lines(log)}"])
        return Tally(failed=1, notes=[f"{name} ended with {code}:\n{last_lines(log)}"])


class Tidied:
    """clang-tidy of one source file."""

    def __init__(self, unit):
        self.unit = unit
        self.names = [f"tidy/{unit.path}"]

    def run(self):
        findings = self.unit.check()
        if not findings:
            return Tally(passed=1)
        return Tally(failed=1, notes=[f"{self.names[0]}\n{findings}"])


def google_tests(build, only):
    shown = subprocess.run(["ctest", "--test-dir", str(build), "--show-only=json-v1"],
                           capture_output=True, text=True, check=True)
    tests = [test for test in json.loads(shown.stdout)["tests"] if "command" in test]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        jobs = pool.map(lambda test: GoogleTest(test["name"].removeprefix("tests/"),
                                                test["command"], only), tests)
        return [job for job in jobs if job.names]


def scripts(build, left_out=frozenset()):
    for path in sorted((ROOT / "tests" / "integration").glob("*")):
        if path.name in left_out:
            continue
        if path.is_file() and (path.suffix == ".sh" or path.name.endswith("_test")):
            yield Command(f"integration/{path.name}", [str(path), str(build)])


def long_variants(build):
    deadline = time.monotonic() + LONG_SECONDS
    for name, environment in LONG.items():
        path = ROOT / "tests" / "integration" / name
        yield Command(f"integration/{name}", [str(path), str(build)], environment=environment,
                      deadline=deadline)
    for folder, (cases, environment) in LONG_UNITS.items():
        binary = build / "tests" / folder / f"passerelle_tests_{folder.replace('/', '_')}"
        yield Command(folder, [str(binary), f"--gtest_filter={cases}"], environment=environment,
                      deadline=deadline)


def lints():
    lint = ROOT / "tests" / "lint" / "lint.py"
    names = subprocess.run([sys.executable, str(lint), "--list"], capture_output=True, text=True,
                           check=True).stdout.split()
    for name in names:
        yield Command(f"lint/{name}", [sys.executable, str(lint), name])
    yield Command("lint/self-test", [sys.executable, str(lint.with_name("lint_test.py"))])


def fuzzers(build, seconds):
    work = build / "new"
    artifacts = build / "artifacts"
    artifacts.mkdir(parents=True, exist_ok=True)
    for binary in sorted((build / "tests" / "fuzz").glob("*")):
        if not binary.is_file() or not os.access(binary, os.X_OK):
            continue
        name = binary.name.removeprefix("passerelle_tests_fuzz_")
        corpus = ROOT / "tests" / "fuzz" / "corpus" / name
        units = work / name
        shutil.rmtree(units, ignore_errors=True)
        units.mkdir(parents=True)
        # By default a finding ends with 77, which says "skipped" here.
        command = [str(binary), f"-max_total_time={seconds}", "-timeout=25", "-error_exitcode=1",
                   "-print_final_stats=1",
                   f"-artifact_prefix={artifacts}/{name}-", str(units)]
        if corpus.is_dir():
            command.append(str(corpus))
        yield Command(f"fuzz/{name}", command, timeout=int(seconds) + TIMEOUT_SECONDS)


def collect(options):
    """All jobs of the mode that --only selects; first those that take long, so that no core waits for one."""
    only = re.compile(options.only)
    build = options.build
    jobs = []
    if options.mode in ("default", "asan"):
        jobs += scripts(build, NOT_SANITIZED if options.mode == "asan" else frozenset())
    if options.mode in ("default", "asan", "tsan"):
        jobs += google_tests(build, only)
    if options.mode == "long":
        jobs += long_variants(build)
    if options.mode == "default":
        jobs += lints()
        jobs += map(Tidied, tidy.changed_units(ROOT, build))
    if options.mode == "tidy":
        jobs += map(Tidied, tidy.all_units(ROOT, build))
    if options.mode == "fuzz":
        jobs += fuzzers(build, options.seconds)
    return [job for job in jobs if isinstance(job, GoogleTest) or only.search(job.names[0])]


def tell_progress(running, over):
    """Says now and then how far each running job is, by the last line of its log, until it is over."""
    while not over.wait(LOOK_SECONDS):
        for job, since in list(running.items()):
            path = log_path(job.names[0])
            lines = path.read_text(errors="replace").splitlines() if path.exists() else []
            print(f"{job.names[0]} {time.monotonic() - since:.0f} s: {lines[-1] if lines else 'begun'}",
                  file=sys.stderr, flush=True)


def run_timed(job, running):
    started = time.monotonic()
    running[job] = started
    tally = job.run()
    del running[job]
    return time.monotonic() - started, job, tally


def run_all(jobs, tells):
    total = Tally()
    took = []
    running = {}
    over = threading.Event()
    if tells:
        threading.Thread(target=tell_progress, args=(running, over), daemon=True).start()
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        futures = [pool.submit(run_timed, job, running) for job in jobs]
        for future in concurrent.futures.as_completed(futures):
            seconds, job, tally = future.result()
            took.append((seconds, job))
            total.add(tally)
            for note in tally.notes:
                print(note if note.startswith("skipped ") else f"FAILED {note}", flush=True)
    over.set()
    took.sort(key=lambda one: -one[0])
    slowest = (f"{job.names[0].split(' ')[0]} {seconds:.0f} s" for seconds, job in took[:SLOWEST_SHOWN])
    print(f"slowest: {', '.join(slowest)}", file=sys.stderr, flush=True)
    return total


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mode", required=True)
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--seconds", default="0")
    parser.add_argument("--only", default="")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    try:
        jobs = collect(options)
    except re.error as error:
        sys.exit(f"tests/run: --only: {error}")
    if options.list:
        for job in jobs:
            print("\n".join(job.names))
        return 0
    started = time.monotonic()
    total = run_all(jobs, options.mode == "long")
    print(f"tests: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    if total.passed + total.failed + total.skipped == 0:
        print("FAILED nothing matches", flush=True)
        total.failed = 1
    line = f"{total.passed} passed, {total.failed} failed"
    if total.skipped:
        line += f", {total.skipped} skipped"
    print(line)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
