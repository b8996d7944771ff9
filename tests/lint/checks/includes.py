"""Who may include whom: the table of folders, and which library is behind which folder."""

import re

NAME = "includes"

# Folder → folders of ours it may include, itself included. The longest matching folder decides.
PURE = ("gateway/base", "proto")
TABLE = {
    "gateway/base": ("gateway/base",),
    "certs": (*PURE, "certs"),
    "audit": (*PURE, "audit"),
    "policy": (*PURE, "audit/merkle", "policy"),
    "gateway/log": ("gateway/base", "gateway/log"),
    "gateway/vault": (*PURE, "certs/keys", "gateway/vault"),
    "gateway/core": (*PURE, "certs", "audit", "policy", "gateway/vault", "gateway/core"),
    "gateway/verify": (*PURE, "certs", "audit", "policy", "gateway/verify"),
    "gateway/service": (*PURE, "certs", "audit", "policy", "gateway/vault", "gateway/core",
                        "gateway/service"),
    "gateway/rpc": (*PURE, "gateway/log", "gateway/service", "gateway/rpc"),
    "gateway/console": (*PURE, "gateway/log", "gateway/service", "gateway/http", "gateway/console"),
    "gateway/tiles": (*PURE, "gateway/log", "gateway/service", "gateway/http", "gateway/tiles"),
    "gateway/http": ("gateway/base", "certs", "gateway/log", "gateway/http"),
    "gateway/client": (*PURE, "certs", "audit", "policy/content", "gateway/verify",
                       "gateway/client"),
    "gateway/server": (*PURE, "certs", "audit", "policy", "gateway/log", "gateway/vault",
                       "gateway/core", "gateway/service", "gateway/rpc", "gateway/http",
                       "gateway/console", "gateway/tiles", "gateway/server"),
    "gateway/cli": (*PURE, "certs", "audit", "policy", "gateway/log", "gateway/verify",
                    "gateway/client", "gateway/http", "gateway/cli"),
    "tests": ("",),
}
# These of the command line work on a data directory rather than through a gateway; the doctor reads it only.
OFFLINE_CLI = re.compile(r"^gateway/cli/(init|backup|recover|doctor_data)[^/]*$")
OFFLINE_EXTRA = ("gateway/core", "gateway/service", "gateway/vault")

# Header prefix → folders that may include it; tests may include all of them but the refused ones.
LIBRARIES = (
    ("absl/", ("audit", "certs", "gateway", "policy")),
    ("openssl/", ("gateway/base", "certs", "audit", "gateway/vault", "gateway/http")),
    ("google/protobuf/", ("audit", "certs", "policy", "gateway/core", "gateway/vault",
                          "gateway/verify", "gateway/service", "gateway/rpc", "gateway/client",
                          "gateway/server", "gateway/cli", "gateway/console")),
    ("google/rpc/", ("gateway/rpc", "gateway/client")),
    ("grpc/", ("gateway/rpc", "gateway/client")),
    ("grpcpp/", ("gateway/rpc", "gateway/client")),
    ("sqlite3.h", ("audit/log", "audit/witness", "gateway/vault")),
    ("csv.h", ()),
    ("spdlog/", ("gateway/log",)),
    ("fmt/", ("gateway/log", "gateway/cli", "gateway/server")),
    ("CLI/", ("gateway/cli", "gateway/server")),
    ("nlohmann/", ("certs/keys", "gateway/log", "gateway/service", "gateway/client",
                   "gateway/verify", "gateway/server", "gateway/cli", "gateway/console")),
    ("prometheus/", ("gateway/log",)),
    ("systemd/", ("gateway/server",)),
    ("httplib.h", ("gateway/http", "gateway/console")),
    ("xlsxwriter.h", ("gateway/service",)),
    ("gtest/", ()),
    ("gmock/", ()),
)
# Nowhere, tests included: Debian's absl::Mutex raises false races, and there is no absl/log there.
REFUSED = ("absl/synchronization/mutex.h", "absl/log/")
# Pure folders cannot speak.
SILENT = ("audit", "certs", "policy")
TALKATIVE = ("iostream", "print", "syncstream")
SYSTEM = re.compile(r"^([a-z_]+|(sys|net|netinet|arpa|linux)/[a-z_]+\.h|"
                    r"(unistd|fcntl|signal|poll|termios|netdb|dirent|stdlib|string|errno|time|stdio|"
                    r"spawn|pwd|dlfcn|sched|pthread|pty|limits|malloc)\.h)$")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]*)"|<([^>\n]*)>)', re.MULTILINE)


def within(path, folders):
    return any(folder == "" or path == folder or path.startswith(folder + "/") for folder in folders)


def rule_of(folder):
    best = max((row for row in TABLE if within(folder, (row,))), key=len, default=None)
    return None if best is None else TABLE[best]


def check(tree):
    for file in tree.cpp():
        allowed = rule_of(file.folder)
        if allowed is None:
            yield f"{file.path}:1: its folder is not in the table of DESIGN section 3"
            continue
        if OFFLINE_CLI.match(file.path):
            allowed = (*allowed, *OFFLINE_EXTRA)
        for match in INCLUDE.finditer(file.without_comments):
            line = file.text.count("\n", 0, match.start()) + 1
            fault = judge(tree, file, allowed, match[1], match[2])
            if fault:
                yield f"{file.path}:{line}: {fault}"


def judge(tree, file, allowed, quoted, angled):
    """What is wrong with one include, or None."""
    header = quoted if quoted is not None else angled
    if header.startswith(REFUSED):
        return f"{header} is refused everywhere: use gateway/base"
    if header.startswith("passerelle/"):
        return judge_generated(tree, file, allowed, header)
    if header.startswith("tests/") and header.endswith(".pb.h"):
        return judge_test_proto(tree, file, header)
    top = header.split("/")[0]
    if "/" in header and (tree.root / top).is_dir():
        if angled is not None or ".." in header:
            return f'{header}: write #include "path/from/the/root.h"'
        if tree.by_path(header) is None:
            return f"{header} does not exist"
        if header.startswith("tests/") and not file.is_test:
            return f"{header}: nothing but tests includes tests"
        if not within(header, allowed):
            return f"{file.folder} may not include {header}"
        return None
    return judge_library(file, quoted, angled)


def judge_generated(tree, file, allowed, header):
    stem = re.sub(r"(\.grpc)?\.pb\.h$", "", header)
    if tree.by_path(f"proto/{stem}.proto") is None:
        return f"{header} is generated from no proto here"
    if file.is_test:
        return None
    if not within("proto", allowed):
        return f"{file.folder} may not include {header}"
    if header.endswith(".grpc.pb.h") and not within(file.folder, ("gateway/rpc", "gateway/client")):
        return f"{header}: gRPC is behind gateway/rpc and gateway/client"
    if header.startswith("passerelle/gateway/") and within(file.folder, SILENT):
        return f"{header}: {file.folder} knows nothing of the services"
    return None


def judge_test_proto(tree, file, header):
    """A test's own messages: their proto stands beside the test, where nobody else reads it."""
    stem = re.sub(r"(\.grpc)?\.pb\.h$", "", header)
    if tree.by_path(f"{stem}.proto") is None:
        return f"{header} is generated from no proto here"
    return None if file.is_test else f"{header}: nothing but tests includes tests"


def judge_library(file, quoted, angled):
    header = quoted if quoted is not None else angled
    if angled in TALKATIVE and within(file.folder, SILENT):
        return f"<{header}>: {file.folder} is pure and does not print"
    for prefix, folders in LIBRARIES:
        if header.startswith(prefix):
            if file.is_test or within(file.folder, folders):
                return None
            return f"{header} is behind {', '.join(folders) or 'tests'}"
    if angled is not None and SYSTEM.match(angled):
        return None
    return f"{header}: neither a file of this tree nor a library of the table"
