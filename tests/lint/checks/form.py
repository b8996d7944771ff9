"""Guards, namespaces, and the small things a reader should never have to see."""

import re

import tree as trees

NAME = "form"

# Split, so that this file does not hold what it looks for.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
USING_NAMESPACE = re.compile(r"\busing\s+namespace\s+([\w:]*)")
MAIN = re.compile(r"^int main\(", re.MULTILINE)
PREPROCESSOR = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)
ENTRY_POINT = re.compile(r"LLVMFuzzerTestOneInput")


def check(tree):
    for file in tree.cpp():
        yield from check_cpp(file)
    for file in tree.handwritten():
        yield from check_text(file)


def check_cpp(file):
    if file.path.endswith(".h"):
        guard = "PASSERELLE_" + re.sub(r"[^A-Za-z0-9]", "_", file.path).upper() + "_"
        code = file.without_comments.strip()
        if not (re.match(rf"#ifndef {guard}\n#define {guard}\n", code) and code.endswith("#endif")):
            yield f"{file.path}:1: the include guard is {guard}, around all of the file"
    for line, match in trees.matches(file.code, USING_NAMESPACE):
        # A test's table of acts may name the messages of one package by their bare names.
        if not (file.is_test and file.path.endswith(".cc") and match[1].endswith("::v1")):
            yield f"{file.path}:{line}: using namespace"
    if file.is_test or MAIN.search(file.code) or ENTRY_POINT.search(file.code):
        return
    if not PREPROCESSOR.sub("", file.code).strip():
        return  # macros know no namespace
    wanted = "passerelle::" + file.folder.replace("/", "::")
    if not re.search(rf"^namespace {wanted} \{{", file.code, re.MULTILINE):
        yield f"{file.path}:1: its namespace is {wanted}"


def check_text(file):
    if file.bytes and not file.bytes.endswith(b"\n"):
        yield f"{file.path}:{len(file.lines)}: no newline at the end"
    if file.bytes.endswith(b"\n\n"):
        yield f"{file.path}:{len(file.lines)}: blank lines at the end"
    for number, line in enumerate(file.text.split("\n"), 1):
        if "\t" in line and not file.path.endswith(".go"):
            yield f"{file.path}:{number}: a tab"
        if line != line.rstrip():
            yield f"{file.path}:{number}: blanks at the end of the line"
        if file.path.endswith((".textproto", ".md")):
            continue
        if match := UNFINISHED.search(line):
            yield f"{file.path}:{number}: {match[0]}: do it or file it, the code says what is"
