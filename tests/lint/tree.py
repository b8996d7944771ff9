"""The files of the repository as the lints see them."""

import functools
import pathlib
import re

SOURCE_FOLDERS = ("audit", "certs", "gateway", "policy", "tests")
# At the top: what is built or made by a run.
IGNORED = re.compile(r"^(build.*|\.git|\.passerelle|\.cache|\.vscode|\.idea)$")
# Anywhere: what a language makes of our files or fetches beside them.
FETCHED = ("__pycache__", "node_modules")
# Bytes that tests read; nobody writes them by hand to a style.
DATA = re.compile(r"^tests/(testdata|fuzz/corpus)/")

_TOKENS = re.compile(
    r'''(?P<raw>R"(?P<tag>[^()\\\s]{0,16})\(.*?\)(?P=tag)")'''
    r'''|(?P<string>"(?:\\.|[^"\\\n])*")'''
    r'''|(?P<char>(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+')'''
    r'''|(?P<comment>//[^\n]*|/\*.*?\*/)''',
    re.DOTALL)


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


class File:
    """One file. `path` is relative to the root, with slashes."""

    def __init__(self, root, path):
        self.path = path
        self.absolute = root / path

    @property
    def folder(self):
        return self.path.rpartition("/")[0]

    @property
    def name(self):
        return self.path.rpartition("/")[2]

    @property
    def is_test(self):
        return self.path.startswith("tests/")

    @functools.cached_property
    def bytes(self):
        return self.absolute.read_bytes()

    @functools.cached_property
    def text(self):
        return self.bytes.decode("utf-8", errors="replace")

    @functools.cached_property
    def lines(self):
        return self.text.splitlines()

    @functools.cached_property
    def without_comments(self):
        """C++ with its comments blanked, line for line."""
        return _TOKENS.sub(lambda m: _blank(m[0]) if m["comment"] else m[0], self.text)

    @functools.cached_property
    def code(self):
        """C++ with comments, strings and characters blanked, line for line."""
        return _TOKENS.sub(lambda m: _blank(m[0]), self.text)

    @functools.cached_property
    def is_script(self):
        return self.bytes.startswith(b"#!")


def matches(text, pattern):
    """(line number, match) of each match of a compiled pattern."""
    for match in pattern.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match


class Tree:
    """All files below a root, without what is built."""

    def __init__(self, root):
        self.root = pathlib.Path(root)

    @functools.cached_property
    def files(self):
        found = []
        waiting = [self.root]
        while waiting:
            for path in sorted(waiting.pop().iterdir()):
                relative = path.relative_to(self.root).as_posix()
                if IGNORED.match(relative) or path.name in FETCHED or path.is_symlink():
                    continue
                if path.is_dir():
                    waiting.append(path)
                else:
                    found.append(File(self.root, relative))
        return sorted(found, key=lambda file: file.path)

    def by_path(self, path):
        return next((file for file in self.files if file.path == path), None)

    def cpp(self):
        """Own C++."""
        for file in self.files:
            if (file.path.startswith(tuple(f"{folder}/" for folder in SOURCE_FOLDERS))
                    and file.path.endswith((".h", ".cc")) and not DATA.match(file.path)):
                yield file

    def protos(self):
        for file in self.files:
            if file.path.startswith("proto/") and file.path.endswith(".proto"):
                yield file

    def handwritten(self):
        """Everything that people write here: code, scripts, build files, documents, data of policy."""
        for file in self.files:
            if DATA.match(file.path) or file.path == "LICENSE":
                continue
            if (file.path.endswith((".h", ".cc", ".proto", ".py", ".sh", ".cmake", ".md", ".textproto",
                                    ".go", ".js", ".rb", ".yaml"))
                    or file.name == "CMakeLists.txt" or file.name.startswith(".clang")
                    or file.is_script):
                yield file

    def programs(self):
        """Handwritten files that are code rather than prose or data."""
        return (file for file in self.handwritten() if not file.path.endswith((".md", ".textproto")))
