"""The catalogue of acts says of each act what protos and policy say, and who signs it."""

import events_document

NAME = "events"


def check(tree):
    document = tree.by_path(events_document.DOCUMENT)
    if document is None:
        return
    made = events_document.refreshed(tree, document.text).splitlines()
    for number, line in enumerate(document.lines, 1):
        if number > len(made) or line != made[number - 1]:
            yield (f"{document.path}:{number}: stale, here should stand: "
                   f"{made[number - 1] if number <= len(made) else 'nothing'}; "
                   "tests/lint/events_document.py --write")
            break
    if len(document.lines) < len(made):
        yield f"{document.path}:{len(document.lines)}: it ends too early; tests/lint/events_document.py --write"
    section = ""
    for number, line in enumerate(made, 1):
        if line.startswith("#"):
            section = line
        if "nobody has said so yet" in line:
            yield f"{document.path}:{number}: {section.strip('# ')}: say who signs it"
