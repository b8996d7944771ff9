"""clang-tidy, one unit at a time, remembering what was clean.

A unit is a .cc of ours that the build compiles. Its digest is that of everything the compiler read from
this repository and the build tree, of the checks asked for and of the checker: a digest that was clean once
means nothing to do, in whatever clone. The clean ones are kept in $XDG_CACHE_HOME or ~/.cache,
passerelle-tidy.

    tests/support/tidy.py BUILD PATTERN...    the units whose paths hold one of the patterns, built before
"""

import hashlib
import functools
import json
import os
import pathlib
import re
import subprocess
import sys

# A working tree with more changed units than this waits for --tidy.
MOST_CHANGED = 12
CLEAN = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "passerelle-tidy"
OWN_FOLDERS = ("audit", "certs", "gateway", "policy", "tests")
# A file that leans on a precompiled header without including what it needs is found here.
PRECOMPILED = re.compile(r" -Xclang -include-pch -Xclang \S+| -Xclang -include -Xclang \S+/cmake_pch\.hxx")


class Unit:
    """A source file, the command that compiles it and the files it is made of."""

    def __init__(self, root, build, path, inputs):
        self.root = root
        self.build = build
        self.path = path
        self.inputs = inputs

    def digest(self):
        found = hashlib.sha256(checker())
        for name in sorted({*self.inputs, *self.configurations(), str(self.root / self.path)}):
            path = pathlib.Path(name)
            place = path.relative_to(self.build if path.is_relative_to(self.build) else self.root)
            found.update(str(place).encode() + b"\0" + digest_of(path))
        return found.hexdigest()

    def configurations(self):
        folders = (self.root / self.path).parents
        return [str(folder / ".clang-tidy") for folder in folders
                if folder.is_relative_to(self.root) and (folder / ".clang-tidy").exists()]

    def check(self):
        """Returns the findings, empty when there are none."""
        clean = CLEAN / self.digest()
        if clean.exists():
            return ""
        done = subprocess.run(
            ["clang-tidy", "-p", str(self.build / "tidy"), "--quiet", "--extra-arg=-Wno-unknown-warning-option",
             str(self.root / self.path)],
            capture_output=True, text=True, cwd=self.root, check=False)
        if done.returncode != 0:
            return done.stdout + "\n".join(
                line for line in done.stderr.splitlines() if "warnings generated" not in line)
        clean.parent.mkdir(parents=True, exist_ok=True)
        clean.touch()
        return ""


@functools.cache
def digest_of(path):
    return hashlib.sha256(path.read_bytes()).digest()


@functools.cache
def checker():
    return subprocess.run(["clang-tidy", "--version"], capture_output=True, check=True).stdout


def all_units(root, build):
    """Every own source file of the build, by path."""
    inputs = read_inputs(root, build)
    units = []
    for command in write_commands(build):
        path = pathlib.Path(command["file"])
        if not path.is_relative_to(root):
            continue
        relative = path.relative_to(root)
        if relative.parts[0] not in OWN_FOLDERS:
            continue
        made = re.search(r" -o (\S+)", command["command"])
        units.append(Unit(root, build, str(relative), inputs.get(made.group(1), ())))
    return sorted(units, key=lambda unit: unit.path)


def write_commands(build):
    """Writes and returns the compile commands without precompiled headers."""
    commands = json.loads((build / "compile_commands.json").read_text())
    for command in commands:
        command["command"] = PRECOMPILED.sub("", command["command"])
    (build / "tidy").mkdir(exist_ok=True)
    (build / "tidy" / "compile_commands.json").write_text(json.dumps(commands))
    return commands


def changed_units(root, build):
    """The units that differ from the main branch, committed or not; none where git cannot tell."""
    base = git(root, "merge-base", "HEAD", "main") or git(root, "rev-parse", "HEAD")
    if not base:
        return []
    changed = {*git(root, "diff", "--name-only", base[0]),
               *git(root, "ls-files", "--others", "--exclude-standard")}
    units = [unit for unit in all_units(root, build) if unit.path in changed]
    if len(units) > MOST_CHANGED:
        print(f"{len(units)} changed units: clang-tidy is left to --tidy", flush=True)
        return []
    return units


def git(root, *arguments):
    done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True,
                          check=False)
    return done.stdout.split() if done.returncode == 0 else []


def read_inputs(root, build):
    """Object → the files of the repository and of the build tree that the compiler read for it."""
    shown = subprocess.run(["ninja", "-C", str(build), "-t", "deps"], capture_output=True, text=True,
                           check=True).stdout
    inputs = {}
    output = None
    for line in shown.splitlines():
        if line.startswith("    "):
            path = (build / line.strip()).resolve()
            if output is not None and path.is_relative_to(root) and ".hxx" not in path.name:
                inputs[output].append(str(path))
        elif ": #deps" in line:
            output = line.split(": #deps")[0]
            inputs[output] = []
        else:
            output = None
    return inputs


def main(build, *patterns):
    root = pathlib.Path(__file__).resolve().parents[2]
    for unit in all_units(root, pathlib.Path(build).resolve()):
        if any(pattern in unit.path for pattern in patterns):
            print(f"{unit.path}: {unit.check() or 'clean'}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
