"""Fills in audit/EVENTS.md what protos and policy say of each act; the words between are written by hand.

    events_document.py [--write]

Without --write it says what is stale; exit code 1 when anything is. A section of an act is its heading, words
(who signs, what it does), then a line and a table that are made here.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

import descriptor
import tree as trees

DOCUMENT = "audit/EVENTS.md"
PACKAGE = "passerelle.statement.v1"
ROOTS = ("Statement", "Header", "Seen", "Act")
PARTS = "# Parts\n"
# What everybody can sign, and what the log's own acts are about.
CONCERNS = {"Convention": "everyone, and the party it names", "Deed": "everyone, and the party it names",
            "People": "everyone, and the party it names", "Data": "everyone, and the party it names",
            "Exchange": "the holder and the recipients", "Transfer": "the holder and the recipients",
            "Gateway": "the holder and the recipients", "Own": "the party it names"}


def messages_of(tree):
    """Message name → (comment, fields) of the statement package."""
    files = [file.path.removeprefix("proto/") for file in tree.protos()]
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(["protoc", "-I.", "--include_source_info", f"--descriptor_set_out={out.name}", *files],
                       cwd=tree.root / "proto", check=True, capture_output=True)
        found, last = {}, None
        for file in descriptor.read_set(out.read()):
            for element in file.elements if file.package == PACKAGE else ():
                if element.kind == "message":
                    last = found[element.name] = (element.comment, [])
                elif element.kind == "field":
                    last[1].append(element)
    return found


def text_of(tree, path):
    file = tree.by_path(path)
    return file.without_comments if file else ""


def camel(name):
    return "".join(word.capitalize() for word in name.split("_"))


class Facts:
    """What policy holds of the acts, read from its sources."""

    def __init__(self, tree):
        acts = text_of(tree, "policy/acts.cc")
        self.checks = {match[1]: match[2] for match in
                       re.finditer(r"constexpr Check k(\w+)\[\] = \{(.*?)\};", acts, re.DOTALL)}
        alone = re.search(r"bool TravelsAlone\(.*?\n\}", text_of(tree, "policy/rules/set.cc"), re.DOTALL)
        self.alone = set(re.findall(r"Act::k(\w+)", alone[0] if alone else ""))
        self.reports_alone = "IsReport" in (alone[0] if alone else "")
        self.areas, waiting = {}, []
        for match in re.finditer(r"case Act::k(\w+):|return Area::k(\w+);",
                                 text_of(tree, "policy/rules/areas.h")):
            if match[1]:
                waiting.append(match[1])
            else:
                self.areas.update(dict.fromkeys(waiting, match[2]))
                waiting = []

    def line(self, case):
        name, report = camel(case.name), case.comment.strip().startswith("Report")
        checks = self.checks.get(name)
        alone = name in self.alone or report and self.reports_alone
        parts = ["report of fact" if report else "act", "alone in its set" if alone else "may stand in a set"]
        if checks is None:
            parts.append("no rule accepts it yet")
        elif "CheckNoDeed" in checks:
            parts.append("never on a deed")
        elif "CheckDeedAtOnce" in checks:
            parts.append("on a deed only where deeds have no delay")
        else:
            parts.append("may rest on a deed")
        parts.append(f"concerns {CONCERNS.get(self.areas.get(name), 'nobody yet')}")
        return f"- `{case.name}`, field {case.number}: {'; '.join(parts)}.\n"


def sentence(comment):
    """A proto comment as one line of a table."""
    return " ".join(comment.split()).replace("|", "\\|")


def table_of(fields):
    rows = ""
    for field in fields:
        kind = field.type_name.rpartition(".")[2] or descriptor.SCALARS.get(field.type, "number")
        rows += f"| `{field.name}` | {'list of ' if field.repeated else ''}{kind} | {sentence(field.comment)} |\n"
    return "| field | type | what |\n|---|---|---|\n" + rows if rows else "It has no field.\n"


def words_of(section):
    """What is written by hand under a heading."""
    return re.split(r"^(?:- `|\| field|It has no field)", section, maxsplit=1, flags=re.MULTILINE)[0].strip("\n")


def refreshed(tree, text):
    """The document as it has to be."""
    messages, facts = messages_of(tree), Facts(tree)
    cases = [field for field in messages["Act"][1] if field.number >= 10]
    head, _, rest = text.partition("\n## ")
    hand = {section.split("\n", 1)[0]: words_of(section.partition("\n")[2])
            for section in ("## " + rest.partition(PARTS)[0]).split("## ")[1:]} if rest else {}
    made = head.rstrip("\n") + "\n"
    acts = set()
    for case in cases:
        name = case.type_name.rpartition(".")[2]
        acts.add(name)
        words = hand.get(name) or "Signed by: nobody has said so yet."
        made += f"\n## {name}\n{words}\n\n{facts.line(case)}\n{table_of(messages[name][1])}"
    made += f"\n{PARTS}"
    for name, (comment, fields) in messages.items():
        if name in acts or name == "Act":
            continue
        made += f"\n## {name}\n{sentence(comment)}\n\n{table_of(fields)}"
    frame = [field for field in messages["Act"][1] if field.number < 10]
    return made + f"\n## Act\n{sentence(messages['Act'][0])}\n\n{table_of(frame)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    tree = trees.Tree(pathlib.Path(__file__).resolve().parents[2])
    stands = tree.by_path(DOCUMENT).text
    made = refreshed(tree, stands)
    if options.write:
        (tree.root / DOCUMENT).write_text(made, encoding="utf-8")
    return 0 if options.write or made == stands else 1


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
