"""Every rule: its file says the clause it carries out, tests accept and refuse under it, and
gateway/docs/rules.md knows it.

That the document is what the program prints, word for word, is for tests/integration/rules_document.sh.
"""

import dataclasses
import re

NAME = "rules"

DOCUMENT = "gateway/docs/rules.md"
TESTS = "tests/unit/policy/rules/"
RULE = re.compile(r'\bconstexpr Rule k\w+ = \{\s*"([^"]+)"')
ARTICLE = re.compile(r"^([IVX]+)\b(?:\.(\d+))?")
# What a file of rules that are no article's rests on.
CLAUSE = re.compile(r"\b(?:Article [IVX]+|ARTICLE-IX|DISCLOSURE|WIRE|DESIGN|GDPR)\b")
HEADING = re.compile(r"^## (\S+)$", re.MULTILINE)


@dataclasses.dataclass
class Rule:
    """A rule as the sources hold it."""

    id: str
    file: object
    line: int
    # Where tests accept and refuse under it: `path name` of each acceptance, paths of the refusals.
    accepts: list
    refuses: list


def all_rules(tree):
    tests = [file for file in tree.cpp() if file.path.startswith(TESTS)]
    for file in tree.cpp():
        if file.folder != "policy/rules":
            continue
        for match in RULE.finditer(file.without_comments):
            yield Rule(match[1], file, file.text.count("\n", 0, match.start()) + 1,
                       acceptances(tests, match[1]), refusals(tests, match[1]))


def acceptances(tests, rule):
    """Rows of the table of acceptances: a name, then a list of rules in braces."""
    row = re.compile(r'"(\w+)",\s*\{([^{}]*"' + re.escape(rule) + r'"[^{}]*)\}')
    return [f"{file.path} {match[1]}" for file in tests if file.name == "acceptance_test.cc"
            for match in row.finditer(file.without_comments)]


def refusals(tests, rule):
    """Files whose table of cases names the rule, or refusal_test, which says where the few others are tested.

    That no finding of any rule is left out, refusal_test holds.
    """
    return [file.path for file in tests
            if file.name.startswith("cases_") and f'"{rule}"' in file.without_comments
            or file.name == "refusal_test.cc" and f'"{rule}/' in file.without_comments]


def head_of(file):
    """The comment before the first include."""
    return file.text.partition("#include")[0]


def clause_fault(rule):
    """What is wrong between a rule's id and its file, or None."""
    article = ARTICLE.match(rule.id)
    if article is None:
        return None if CLAUSE.search(head_of(rule.file)) else "does not say what it carries out"
    name = f"article_{article[1].lower()}" + (f"_{article[2]}" if article[1] == "IX" else "")
    if not re.match(rf"{name}(_\w+)?\.cc$", rule.file.name):
        return f"is not a file named {name}"
    if not re.search(rf"\bArticle {article[1]}\b", head_of(rule.file)):
        return f"does not name Article {article[1]} before its first include"
    return None


def check(tree):
    document = tree.by_path(DOCUMENT)
    known = set(HEADING.findall(document.text)) if document else None
    rules = list(all_rules(tree))
    for rule in rules:
        at = f"{rule.file.path}:{rule.line}: rule {rule.id}"
        fault = clause_fault(rule)
        if fault:
            yield f"{at}: the file {fault}"
        if not rule.accepts:
            yield f"{at}: no row of {TESTS}acceptance_test.cc accepts under it"
        if not rule.refuses:
            yield f"{at}: no case in {TESTS} refuses under it"
        if known is not None and rule.id not in known:
            yield f"{at}: not in {DOCUMENT}; tests/lint/rules_document.py BUILD --write"
    for stale in sorted((known or set()) - {rule.id for rule in rules}):
        yield f"{DOCUMENT}:1: there is no rule {stale}"
