"""No test sleeps: it waits for what it waits for."""

import re

import tree as trees

NAME = "sleeps"

SLEEP = {
    (".h", ".cc"): re.compile(r"\b(sleep_for|sleep_until|SleepFor|usleep|nanosleep)\b|\bsleep\s*\("),
    (".go",): re.compile(r"\btime\.Sleep\b"),
    (".py",): re.compile(r"\btime\.sleep\b"),
}


def check(tree):
    for file in tree.files:
        if not file.is_test or file.path.startswith("tests/lint/"):
            continue
        for suffixes, pattern in SLEEP.items():
            if file.path.endswith(suffixes):
                text = file.code if suffixes[0] == ".h" else file.text
                for line, match in trees.matches(text, pattern):
                    yield f"{file.path}:{line}: {match[0]}"
