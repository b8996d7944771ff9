"""The code holds rules, not one convention: no name, INSEE code or party id of a convention in it.

What to look for is read from the conventions themselves, so that this file holds none either.
"""

import re
import unicodedata

import tree as trees

NAME = "names"

EXEMPT = ("policy/conventions/", "gateway/quickstart", "tests/")
# The agglomeration's name and the usual ways to write it as an identifier.
TERRITORY = re.compile(r"loire[ _-]?forez", re.IGNORECASE)
PARTY_ID = re.compile(r"""["'`](p0\d\d)\b""")


def plain(text):
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def convention_words(tree):
    """Names and codes of the parties of every convention in policy/conventions."""
    names, codes = set(), set()
    for file in tree.files:
        if file.path.startswith("policy/conventions/") and file.path.endswith(".textproto"):
            names |= set(re.findall(r'\bnames\s*\{[^}]*?\bname:\s*"([^"]+)"', file.text))
            codes |= set(re.findall(r'\binsee_codes\s*\{[^}]*?\bcode:\s*"(\w+)"', file.text))
    return names, codes


def check(tree):
    names, codes = convention_words(tree)
    spellings = {form for name in names for form in (name, name.upper(), plain(name),
                                                     plain(name).upper())}
    words = sorted(spellings | codes, key=len, reverse=True)
    known = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, words)) + r")(?![\w-])") if words else None
    for file in tree.programs():
        if file.path.startswith(EXEMPT):
            continue
        for line, match in trees.matches(file.text, TERRITORY):
            yield f"{file.path}:{line}: names one territory: {match[0]}"
        for line, match in trees.matches(file.text, known) if known else ():
            yield f"{file.path}:{line}: names a party of one convention: {match[1]}"
        text = file.without_comments if file.path.endswith((".h", ".cc", ".proto")) else file.text
        for line, match in trees.matches(text, PARTY_ID):
            yield f"{file.path}:{line}: names a party by its id: {match[1]}"
