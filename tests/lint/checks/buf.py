"""Protos by buf: its standard rules, and nothing that breaks what has landed.

proto/buf.yaml says which rules. What has landed is an image beside the test data: additions pass without it,
and it is renewed on purpose alone, by tests/lint/land_protos.sh.
"""

import pathlib
import subprocess

NAME = "buf"

LANDED = "tests/testdata/protos/landed.binpb"
# buf itself is this repository's, whatever tree is looked at.
SUPPORT = pathlib.Path(__file__).resolve().parents[2] / "support"
PINNED = pathlib.Path(__file__).resolve().parents[1] / "buf"


def check(tree):
    if not any(tree.protos()):
        return
    for wanted in ("proto/buf.yaml", LANDED):
        if tree.by_path(wanted) is None:
            yield f"{wanted}: missing"
            return
    installed = subprocess.run([SUPPORT / "npm_ci.sh", PINNED], capture_output=True, text=True, check=False)
    if installed.returncode != 0:
        yield f"buf: {installed.stderr.strip()}"
        return
    buf = pathlib.Path(installed.stdout.strip()) / ".bin" / "buf"
    for command in (["lint"], ["breaking", "--against", tree.root / LANDED]):
        done = subprocess.run([buf, *command], cwd=tree.root / "proto", capture_output=True, text=True,
                              check=False)
        findings = (done.stdout + done.stderr).splitlines()
        for finding in findings:
            yield f"proto/{finding}"
        if done.returncode != 0 and not findings:
            yield f"buf {command[0]}: ended with {done.returncode}"
