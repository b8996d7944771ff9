"""clang-format, by the repository's own .clang-format."""

import re
import shutil
import subprocess

NAME = "format"


def check(tree):
    files = [file.path for file in tree.cpp()]
    if not files:
        return
    if shutil.which("clang-format") is None:
        yield "clang-format is not installed"
        return
    done = subprocess.run(["clang-format", "--dry-run", "--Werror", *files], cwd=tree.root,
                          capture_output=True, text=True, check=False)
    found = sorted(set(re.findall(r"^([^\s:]+):(\d+):\d+: error", done.stderr, re.MULTILINE)))
    first = {}
    for path, line in found:
        first[path] = min(int(line), first.get(path, int(line)))
    for path, line in sorted(first.items()):
        yield f"{path}:{line}: not as clang-format writes it"
    if done.returncode != 0 and not found:
        yield f"clang-format: {done.stderr.strip()}"
