"""Time, randomness and files come as parameters: only gateway/base takes them from the system."""

import re

import tree as trees

NAME = "ambient"

AMBIENT = re.compile(
    r"\b(?:system_clock|steady_clock|high_resolution_clock)::now\b"
    r"|\babsl::Now\b|\bclock_gettime\b|\bgettimeofday\b|(?<![\w.>])time\s*\(\s*(?:nullptr|NULL|0|&)"
    r"|\brandom_device\b|\bmt19937|(?<![\w.>])s?rand\s*\(|\bRAND_(?:priv_)?bytes\b|\bgetrandom\b"
    r"|\babsl::BitGen\b"
    r"|(?<![\w.>:])(?:::)?(?:open|openat|creat|fopen|mkstemp|mkdtemp)\s*\("
    r"|\b(?:std::)?(?:basic_)?[io]?fstream\b(?!>)")
# The guard keeps its two slots open and locked for the life of the process.
ALLOWED = ("gateway/base/", "audit/log/guard.cc", "tests/")


def check(tree):
    for file in tree.cpp():
        if file.path.startswith(ALLOWED):
            continue
        for line, match in trees.matches(file.code, AMBIENT):
            yield f"{file.path}:{line}: {match[0].strip()} belongs behind gateway/base"
