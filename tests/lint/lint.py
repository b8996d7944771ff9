"""Holds the tree to the design's layers and to the style's caps.

    lint.py [--root DIR] [--list] [NAME...]

Each check is a module of checks/ with a NAME and a check(tree) that yields findings as "path:line: what".
Exit code 1 when there is any. lint_test.py shows each of them finding what it is for.
"""

import argparse
import pathlib
import sys

import tree
from checks import (ambient, buf, caps, events, form, formatting, glossary, includes, listed, names, protos,
                    reasons, rules, sleeps)

CHECKS = (ambient, buf, caps, events, form, formatting, glossary, includes, listed, names, protos, reasons,
          rules, sleeps)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).parents[2])
    parser.add_argument("--list", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    known = {check.NAME: check for check in CHECKS}
    if options.list:
        print("\n".join(known))
        return 0
    unknown = set(options.names) - set(known)
    if unknown:
        parser.error(f"no such lint: {', '.join(sorted(unknown))}")
    sources = tree.Tree(options.root.resolve())
    findings = 0
    for name in options.names or known:
        for finding in known[name].check(sources):
            print(f"{finding} [{name}]")
            findings += 1
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
