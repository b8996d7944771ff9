"""The glossary's names are names of the code: each occurs, whole, in a proto or a source."""

import re

NAME = "glossary"

DOCUMENT = "gateway/docs/glossary.md"
CODE = re.compile(r"`([^`]+)`")


def check(tree):
    document = tree.by_path(DOCUMENT)
    if document is None:
        return
    code = "\n".join(file.text for file in (*tree.protos(), *tree.cpp()) if not file.is_test)
    for number, line in enumerate(document.lines, 1):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or len(cells) < 3 or cells[2] == "in code" or cells[2].startswith("---"):
            continue
        names = CODE.findall(cells[2])
        if not names and cells[2] != "–":
            yield f"{DOCUMENT}:{number}: neither a name of the code nor –: {cells[2]}"
        for name in names:
            if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", code):
                yield f"{DOCUMENT}:{number}: {name} is no name of the code"
