"""Caps on the length of files and functions. A cap met is a sign to split by concern."""

import re

NAME = "caps"

HEADER, SOURCE, TEST, FUNCTION, HALL = 250, 500, 800, 70, 99

TYPE = re.compile(r"\b(class|struct|union|enum)\b(?![^()]*\))[^()]*$")
NAMESPACE = re.compile(r"^\s*(inline\s+)?namespace\b|\bextern\s*$")
PREPROCESSOR = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)


def check(tree):
    for file in tree.cpp():
        cap = TEST if file.is_test else HEADER if file.path.endswith(".h") else SOURCE
        if file.path == "gateway/core/hall.cc":
            cap = HALL
        if len(file.lines) > cap:
            yield f"{file.path}:{cap + 1}: {len(file.lines)} lines, the cap is {cap}"
        for first, last, name in functions(file.code):
            if last - first + 1 > FUNCTION:
                yield (f"{file.path}:{first}: {name} has {last - first + 1} lines, "
                       f"the cap is {FUNCTION}")


def functions(code):
    """(first line, last line, name) of each function body, lambdas inside counted with their function.

    Reads clang-formatted code with strings and comments blanked. A brace that follows parentheses and
    stands in a namespace or a type opens a body; one without a space before it, or after `=` or `,`,
    initialises.
    """
    code = PREPROCESSOR.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), code)
    scopes = []  # "outer" for namespaces and types, (first line, name) for bodies, None otherwise
    head = 0
    for match in re.finditer(r"[{};]", code):
        at = match.start()
        outside = all(scope == "outer" for scope in scopes)
        if match[0] == "{":
            scope = classify(code, head, at) if outside else None
            scopes.append(scope)
            if scope is not None:
                head = at + 1
        elif match[0] == "}":
            scope = scopes.pop() if scopes else None
            if isinstance(scope, tuple):
                yield scope[0], code.count("\n", 0, at) + 1, scope[1]
            if scope is not None:
                head = at + 1
        elif outside:
            head = at + 1


def classify(code, head, at):
    text = code[head:at]
    if NAMESPACE.search(text) or (TYPE.search(text) and not text.rstrip().endswith(")")):
        return "outer"
    before = text.rstrip()
    if text == before and text:  # `member_{1}`, `Type{`: initialises
        return None
    if "(" not in before or before.endswith(("=", ",", "(", "return")):
        return None
    start = head + len(text) - len(text.lstrip())
    name = re.search(r"([\w:~]+|operator\S+)\s*\(", before)
    if name and name[1].startswith("TEST"):
        name = re.search(r"\(\s*(\w+,\s*\w+)", before)
    return code.count("\n", 0, start) + 1, name[1] if name else "function"
