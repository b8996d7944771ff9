"""Nothing stands outside the build: every source, test and proto is listed, every listed folder built."""

import os
import re

NAME = "listed"

SUBDIRECTORY = re.compile(r"add_subdirectory\(\s*([A-Za-z0-9_/.-]+)")


def without_comments(text):
    return re.sub(r"#[^\n]*", "", text)


def words_of(file):
    return set(re.findall(r"[^\s()\"]+", without_comments(file.text)))


def reachable(tree):
    """Folders whose CMakeLists.txt the top one leads to."""
    found = set()
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        build = tree.by_path(f"{folder}/CMakeLists.txt" if folder else "CMakeLists.txt")
        if build is None or folder in found:
            continue
        found.add(folder)
        for name in SUBDIRECTORY.findall(without_comments(build.text)):
            waiting.append(f"{folder}/{name}" if folder else name)
    return found


def check(tree):
    built = reachable(tree)
    folders = {}
    for file in tree.cpp():
        if file.path.endswith(".cc"):
            folders.setdefault(file.folder, []).append(file)
    for folder, files in sorted(folders.items()):
        build = tree.by_path(f"{folder}/CMakeLists.txt")
        if build is None:
            yield f"{folder}: has sources and no CMakeLists.txt"
            continue
        if folder not in built:
            yield f"{build.path}:1: no add_subdirectory leads here"
        words = words_of(build)
        for file in files:
            if file.name not in words:
                yield f"{file.path}:1: not listed in {build.path}"
        if not has_target(folder, build):
            yield f"{build.path}:1: no target named passerelle_{folder.replace('/', '_')}"
    yield from check_protos(tree)
    yield from check_scripts(tree)


def has_target(folder, build):
    text = without_comments(build.text)
    if folder.startswith("tests/unit/"):
        return re.search(r"\bpasserelle_test\s*\(", text) is not None
    if folder.startswith("tests/"):
        # These folders hold several programs: each is named after the folder and itself.
        return re.search(rf"\bpasserelle_{folder.replace('/', '_')}|\bpasserelle_test\s*\(",
                         text) is not None
    name = f"passerelle_{folder.replace('/', '_')}"
    return re.search(rf"\bpasserelle_library\s*\(|add_(library|executable)\s*\(\s*{name}\b",
                     text) is not None


def check_protos(tree):
    build = tree.by_path("proto/CMakeLists.txt")
    words = words_of(build) if build else set()
    for file in tree.protos():
        if file.path.removeprefix("proto/") not in words:
            yield f"{file.path}:1: not listed in proto/CMakeLists.txt"


def check_scripts(tree):
    for file in tree.files:
        if (file.folder == "tests/integration" and (file.name.endswith((".sh", "_test")))
                and not os.access(file.absolute, os.X_OK)):
            yield f"{file.path}:1: not executable, so tests/run would fail on it"
