"""The installation that a bench runs on, its programs and its files. Everything is synthetic."""

import json
import pathlib
import shutil
import statistics
import tempfile

import processes

ROOT = pathlib.Path(__file__).resolve().parents[2]
KIB, MIB = 1024, 1024 * 1024
# Workers of a bench share that many connections.
CHANNELS = 4


class Bench:
    """A founded convention with an approved exchange, in a folder that goes when the bench is over."""

    def __init__(self, tree, quick):
        self.tree = pathlib.Path(tree)
        self.quick = quick
        # On the disk of the build tree: /tmp may be memory.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="run-", dir=self.tree))
        # What clients keep is not written to the gateway's disk: theirs is on another machine.
        memory = "/dev/shm" if pathlib.Path("/dev/shm").is_dir() else None
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="passerelle-bench-", dir=memory))
        # Name of the exchange, `statement/ordinal`.
        self.exchange = None

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.scratch, ignore_errors=True)

    def program(self, path):
        return self.tree / path

    def found(self):
        """Founds the convention, once."""
        if self.exchange is None:
            processes.run([ROOT / "tests/bench/make_installation.sh", self.tree, self.folder])
            self.exchange = (self.folder / "exchange").read_text().strip()

    def profile(self, who):
        return self.folder / f"ids/{who}.json"

    def point_profiles(self, port):
        """Makes every profile name the gateway that runs now."""
        for path in (self.folder / "ids").glob("*.json"):
            profile = json.loads(path.read_text())
            profile["target"] = f"localhost:{port}"
            path.write_text(json.dumps(profile))

    def table(self, size):
        """A table of the exchange's dataset that is `size` bytes long, or some less: rows are whole."""
        path = self.folder / f"files/table-{size}.csv"
        if path.exists():
            return path
        head, row = b"annee;code_insee;enfants\n", b"2026;01991;120\n"
        rows = (size - len(head)) // len(row)
        block = row * 65536
        with open(path, "wb") as file:
            file.write(head)
            for _ in range(rows // 65536):
                file.write(block)
            file.write(row * (rows % 65536))
        return path

    def cli(self, who, *words):
        """The answer of the command line as WHO, as JSON."""
        return json.loads(processes.run(
            [self.program("gateway/cli/passerelle"), "--lang", "en", "--json", "--receipts", self.folder / "receipts",
             "--profile", self.profile(who), *words]))

    def load(self, peer, job, *, who="sender", payloads, calls, in_flight=1, warm_up=0, server=0, target="",
             acts=1, sign=True, shares=(), transfer="", scratch=None):
        """The figures of one run of the load program."""
        words = [self.program("tests/bench/passerelle_tests_bench_load"), "--peer", peer, "--job", job,
                 "--profile", self.profile(who), "--in-flight", in_flight, "--calls", calls, "--warm-up", warm_up,
                 "--channels", min(CHANNELS, in_flight), "--server", server, "--acts", acts]
        if target:
            words += ["--target", target]
        if peer == "gateway" and job == "carry":
            words += ["--exchange", self.exchange.split("/")[0]]
        if peer == "echo" and sign:
            words += ["--sign"]
        if transfer:
            words += ["--transfer", transfer]
        for payload in payloads:
            words += ["--payload", payload]
        for share in shares:
            words += ["--share", share]
        with tempfile.TemporaryDirectory(dir=scratch or self.scratch) as own:
            return json.loads(processes.run([*words, "--scratch", own]))


def middle(runs, figure):
    return statistics.median(run[figure] for run in runs)


def in_turn(rounds, ours, baseline):
    """Both jobs, A B A B: (runs of ours, runs of the baseline)."""
    pairs = [(ours(), baseline()) for _ in range(rounds)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def compared(ours, baseline, figure, goal):
    """Medians of a figure of which more is better, and their ratio."""
    mine, other = middle(ours, figure), middle(baseline, figure)
    return {"ours": mine, "baseline": other, "ratio": mine / other, "goal": goal, "met": mine / other >= goal,
            "runs": ours, "baseline_runs": baseline}
