"""A lint that cannot fail holds nothing: each is shown a clean tree, then one planted fault at a time."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import lint
import tree
from checks import buf

CHECKS = {check.NAME: check for check in lint.CHECKS}

HEADER = """// What stands here.
#ifndef PASSERELLE_{guard}_H_
#define PASSERELLE_{guard}_H_

{includes}namespace passerelle::{namespace} {{

{body}
}}  // namespace passerelle::{namespace}

#endif  // PASSERELLE_{guard}_H_
"""
SOURCE = """{includes}namespace passerelle::{namespace} {{

{body}
}}  // namespace passerelle::{namespace}
"""


def cpp(path, *includes, body="int Answer();\n"):
    """A clean file at `path` with these includes."""
    folder, _, name = path.rpartition("/")
    lines = "".join(f"#include {include}\n" for include in includes)
    form = HEADER if name.endswith(".h") else SOURCE
    return form.format(guard=path.removesuffix(".h").replace("/", "_").upper(), body=body,
                       namespace=folder.replace("/", "::"), includes=lines + "\n" if lines else "")


def long_function(lines):
    return "int Answer() {\n" + "  Step();\n" * (lines - 2) + "}\n"


PROTO = """syntax = "proto3";

package passerelle.statement.v1;

// A thing.
message Thing {
  // Its kind.
  optional Kind kind = 1;
  // What it holds.
  oneof content {
    // A name.
    string name = 2;
  }
}

// A kind.
enum Kind {
  // Never valid.
  KIND_UNSPECIFIED = 0;
  // The first.
  KIND_FIRST = 1;
}

// Serves.
service ThingService {
  // Gets.
  rpc Get(GetRequest) returns (GetResponse);
}

// Asks.
message GetRequest {}

// Answers.
message GetResponse {}
"""
GLOSSARY = """| French | what it is | in code |
|---|---|---|
| chose | a thing | `Thing` |
| rien | nothing | – |
"""

# One act, what policy holds of it, and the catalogue of acts that says so.
EVENTS = {
    "proto/passerelle/statement/v1/statement.proto": """syntax = "proto3";

package passerelle.statement.v1;

// One act.
message Act {
  // Who.
  string party = 1;
  // What.
  oneof body {
    // Report: a thing is done.
    ThingDone thing_done = 10;
  }
}

// A thing is done.
message ThingDone {
  // The one given.
  repeated Seen things = 1;
}

// What was seen.
message Seen {
  // How much.
  uint64 size = 2;
}
""",
    "proto/CMakeLists.txt": "set(PROTOS passerelle/statement/v1/statement.proto passerelle/statement/v1/thing.proto)\n",
    "policy/acts.cc": "constexpr Check kThingDone[] = {\n    r::CheckNoDeed,\n};\n",
    "policy/rules/set.cc": "bool TravelsAlone(Act::BodyCase body) {\n  return IsReport(body);\n}\n",
    "policy/rules/areas.h": "case Act::kThingDone:\n  return Area::kPeople;\n",
}
DECLARED = """# Acts

## ThingDone
It is done.
Signed by: all.

- `thing_done`, field 10: report of fact; alone in its set; never on a deed; concerns everyone, and the party it names.

| field | type | what |
|---|---|---|
| `things` | list of Seen | The one given. |

# Parts

## Seen
What was seen.

| field | type | what |
|---|---|---|
| `size` | uint64 | How much. |

## Thing
A thing.

| field | type | what |
|---|---|---|
| `kind` | Kind | Its kind. |
| `name` | string | A name. |

## GetRequest
Asks.

It has no field.

## GetResponse
Answers.

It has no field.

## Act
One act.

| field | type | what |
|---|---|---|
| `party` | string | Who. |
"""

# A rule of an article, its acceptance, its refusal, and the document that knows it.
RULE_PATH = "policy/rules/article_ix_9.cc"
RULE = """// Article IX, ninth paragraph.
#include "policy/rules/rules.h"

namespace passerelle::policy::rules {

constexpr Rule kIx9 = {
    "IX.9",
};

}  // namespace passerelle::policy::rules
"""
ACCEPTS = 'const Row kRows[] = {One("ADay", {"IX.8", "IX.9"})};\n'
RULES = {RULE_PATH: RULE, "tests/unit/policy/rules/acceptance_test.cc": ACCEPTS,
         "tests/unit/policy/rules/cases_all.cc": 'const Case kCase = {"IX.9", "late"};\n',
         "gateway/docs/rules.md": "## IX.9\n"}
PROTO_PATH = "proto/passerelle/statement/v1/thing.proto"


def landed(text):
    """What tests/lint/land_protos.sh would keep of a tree that holds this one proto."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / PROTO_PATH
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        out = pathlib.Path(folder) / "image"
        subprocess.run(["protoc", f"-I{folder}/proto", f"--descriptor_set_out={out}", path], check=True)
        return out.read_bytes()



# Texts of errors.
CATALOGUE = 'constexpr ErrorText kTexts[] = {{"FILE_MISSING "\n "DATE",\n "fr", "en"}};\n'

CLEAN = {
    ".clang-format": "BasedOnStyle: Google\nColumnLimit: 100\n",
    "CMakeLists.txt": "add_subdirectory(audit/log)\nadd_subdirectory(policy/rules)\n"
                      "add_subdirectory(tests)\n",
    "proto/CMakeLists.txt": "set(protos passerelle/statement/v1/thing.proto)\n",
    PROTO_PATH: PROTO,
    "proto/buf.yaml": (pathlib.Path(__file__).parents[2] / "proto/buf.yaml").read_text("utf-8"),
    buf.LANDED: landed(PROTO),
    "gateway/base/digest.h": cpp("gateway/base/digest.h", "<string>"),
    "audit/log/CMakeLists.txt": "passerelle_library(SOURCES log.cc)\n",
    "audit/log/log.h": cpp("audit/log/log.h", "<sqlite3.h>"),
    "audit/log/log.cc": cpp("audit/log/log.cc", '"gateway/base/digest.h"',
                            '"passerelle/statement/v1/thing.pb.h"', body=long_function(70)),
    "policy/rules/CMakeLists.txt": "passerelle_library(SOURCES rules.cc)\n",
    "policy/rules/rules.cc": cpp("policy/rules/rules.cc",
                                 body='const char* const kSlug = "p900/agg-alloc";\n'),
    "policy/conventions/one.textproto":
        'parties {\n  id: "p001"\n  names { name: "Châtelville-sur-Loue" }\n'
        '  insee_codes { code: "99123" }\n}\n',
    "gateway/quickstart": "#!/bin/sh\necho p001 Châtelville-sur-Loue\n",
    "gateway/cli/init.h": cpp("gateway/cli/init.h", '"gateway/base/digest.h"'),
    "tests/CMakeLists.txt": "add_subdirectory(unit/audit/log)\n",
    "tests/unit/audit/log/CMakeLists.txt": "passerelle_test(SOURCES log_test.cc)\n",
    "tests/unit/audit/log/log_test.cc": cpp("tests/unit/audit/log/log_test.cc", "<gtest/gtest.h>"),
    "tests/integration/start.sh": "#!/bin/sh\n",
}


def proto_with(old, new):
    assert old in PROTO
    return {PROTO_PATH: PROTO.replace(old, new)}


def enum_of(first):
    return proto_with("KIND_UNSPECIFIED = 0", f"{first} = 0")


# Check, what is planted over the clean tree (None: removed), a part of the finding.
PLANTED = (
    ("includes", {"policy/rules/x.h": cpp("policy/rules/x.h", '"audit/log/log.h"')},
     "policy/rules may not include audit/log/log.h"),
    ("includes", {"audit/log/x.h": cpp("audit/log/x.h", '"certs/keys/key.h"'),
                  "certs/keys/key.h": cpp("certs/keys/key.h")},
     "audit/log may not include certs/keys/key.h"),
    ("includes", {"gateway/base/x.h": cpp("gateway/base/x.h", '"audit/log/log.h"')},
     "gateway/base may not include audit/log/log.h"),
    ("includes", {"gateway/base/x.h": cpp("gateway/base/x.h",
                                          '"passerelle/statement/v1/thing.pb.h"')},
     "gateway/base may not include passerelle/"),
    ("includes", {"gateway/core/x.h": cpp("gateway/core/x.h"),
                  "gateway/cli/show.h": cpp("gateway/cli/show.h", '"gateway/core/x.h"')},
     "gateway/cli may not include gateway/core/x.h"),
    ("includes", {"gateway/service/x.h": cpp("gateway/service/x.h", "<grpcpp/server.h>")},
     "grpcpp/server.h is behind gateway/rpc, gateway/client"),
    ("includes", {"gateway/core/x.h": cpp("gateway/core/x.h",
                                          '"passerelle/statement/v1/thing.grpc.pb.h"')},
     "gRPC is behind"),
    ("includes", {"gateway/core/x.h": cpp("gateway/core/x.h", "<spdlog/spdlog.h>")},
     "spdlog/spdlog.h is behind gateway/log"),
    ("includes", {"gateway/core/x.h": cpp("gateway/core/x.h", "<CLI/CLI.hpp>")},
     "is behind gateway/cli, gateway/server"),
    ("includes", {"audit/merkle/x.h": cpp("audit/merkle/x.h", "<sqlite3.h>")},
     "sqlite3.h is behind audit/log, audit/witness, gateway/vault"),
    ("includes", {"policy/rules/x.h": cpp("policy/rules/x.h", "<openssl/evp.h>")},
     "openssl/evp.h is behind"),
    ("includes", {"policy/rules/x.h": cpp("policy/rules/x.h", "<iostream>")},
     "policy/rules is pure"),
    ("includes", {"tests/unit/audit/log/log_test.cc":
                  cpp("tests/unit/audit/log/log_test.cc", '"absl/synchronization/mutex.h"')},
     "absl/synchronization/mutex.h is refused"),
    ("includes", {"gateway/core/x.h": cpp("gateway/core/x.h", '"absl/log/log.h"')},
     "absl/log/log.h is refused"),
    ("includes", {"gateway/core/x.h": cpp("gateway/core/x.h", "<boost/optional.hpp>")},
     "neither a file of this tree nor a library"),
    ("includes", {"gateway/core/x.h": cpp("gateway/core/x.h", '"gateway/core/gone.h"')},
     "gateway/core/gone.h does not exist"),
    ("includes", {"gateway/core/x.h": cpp("gateway/core/x.h", '"tests/support/fakes.h"'),
                  "tests/support/fakes.h": cpp("tests/support/fakes.h")},
     "nothing but tests includes tests"),
    ("includes", {"tests/unit/audit/log/log_test.cc":
                  cpp("tests/unit/audit/log/log_test.cc", '"tests/bench/gone.pb.h"')},
     "tests/bench/gone.pb.h is generated from no proto here"),
    ("includes", {"gateway/core/x.h": cpp("gateway/core/x.h", '"tests/bench/echo.pb.h"'),
                  "tests/bench/echo.proto": PROTO},
     "nothing but tests includes tests"),
    ("includes", {"gateway/other/x.h": cpp("gateway/other/x.h")}, "not in the table"),
    ("listed", {"audit/log/extra.cc": cpp("audit/log/extra.cc")},
     "audit/log/extra.cc:1: not listed in audit/log/CMakeLists.txt"),
    ("listed", {"tests/unit/audit/log/CMakeLists.txt":
                "passerelle_test(SOURCES\n  # log_test.cc\n)\n"},
     "log_test.cc:1: not listed"),
    ("listed", {"tests/CMakeLists.txt": "# add_subdirectory(unit/audit/log)\n"},
     "tests/unit/audit/log/CMakeLists.txt:1: no add_subdirectory"),
    ("listed", {"audit/log/CMakeLists.txt": "add_library(other log.cc)\n"},
     "no target named passerelle_audit_log"),
    ("listed", {"audit/merkle/x.cc": cpp("audit/merkle/x.cc")}, "has sources and no CMakeLists.txt"),
    ("listed", {"proto/CMakeLists.txt": "\n"}, "thing.proto:1: not listed"),
    ("listed", {"tests/integration/plain.sh": "echo\n"}, "plain.sh:1: not executable"),
    ("protos", proto_with("// A thing.\n", ""), "message Thing: no comment"),
    ("protos", proto_with("  // Its kind.\n", ""), "field kind: no comment"),
    ("protos", proto_with("  // What it holds.\n", ""), "oneof content: no comment"),
    ("protos", proto_with("    // A name.\n", ""), "field name: no comment"),
    ("protos", proto_with("// A kind.\n", ""), "enum Kind: no comment"),
    ("protos", proto_with("  // The first.\n", ""), "value KIND_FIRST: no comment"),
    ("protos", proto_with("// Serves.\n", ""), "service ThingService: no comment"),
    ("protos", proto_with("  // Gets.\n", ""), "rpc Get: no comment"),
    ("protos", enum_of("KIND_NONE"), "value 0 is KIND_UNSPECIFIED"),
    ("protos", proto_with("KIND_FIRST", "FIRST"), "FIRST does not begin with KIND_"),
    ("protos", proto_with("passerelle.statement.v1", "passerelle.statement"), "package is its folder"),
    ("protos", proto_with("optional Kind kind", "repeated Kind kinds"), "no repeated number or enum"),
    ("protos", proto_with("optional Kind kind", "repeated uint32 kinds"), "no repeated number"),
    ("protos", proto_with("optional Kind kind", "bool kind"), "no bool"),
    ("protos", proto_with("optional Kind kind", "map<string, string> kind"), "no map"),
    ("protos", proto_with("Kind kind = 1", "Kind k = 1"), "field k: lower_snake_case, and a word"),
    ("protos", proto_with("ThingService", "Things"), "a service is named"),
    ("protos", proto_with("message Thing {", "message Thing {{"), "protoc: "),
    ("buf", proto_with("name = 2", "name = 3"), 'present field "2" with name "name" on message "Thing" was deleted'),
    ("buf", proto_with("string name", "bytes name"), 'Field "2" with name "name" on message "Thing" changed type'),
    ("buf", proto_with("string name", "string label"), 'changed name from "name" to "label"'),
    ("buf", proto_with("    // A name.\n    string name = 2;\n", "    // Another.\n    string other = 3;\n"),
     'present field "2"'),
    ("buf", proto_with("rpc Get(", "rpc Fetch("), 'present RPC "Get" on service "ThingService" was deleted'),
    ("buf", proto_with("KIND_FIRST = 1", "KIND_FIRST = 2"), 'present enum value "1" on enum "Kind" was deleted'),
    ("buf", {PROTO_PATH: None, "proto/passerelle/statement/v1/moved.proto": PROTO},
     'present file "passerelle/statement/v1/thing.proto" was deleted'),
    ("buf", proto_with("rpc Get(GetRequest)", "rpc Get(Thing)"), "RPC request type"),
    ("buf", proto_with("ThingService", "Things"), 'should be suffixed with "Service"'),
    ("buf", {buf.LANDED: None}, "landed.binpb: missing"),
    ("buf", {"proto/buf.yaml": None}, "buf.yaml: missing"),
    ("caps", {"audit/log/log.h": cpp("audit/log/log.h", body="int A();\n" * 250)},
     "audit/log/log.h:251: "),
    ("caps", {"audit/log/log.cc": cpp("audit/log/log.cc", body="int A();\n" * 500)}, "the cap is 500"),
    ("caps", {"tests/unit/audit/log/log_test.cc":
              cpp("tests/unit/audit/log/log_test.cc", body="int A();\n" * 800)}, "the cap is 800"),
    ("caps", {"gateway/core/hall.cc": cpp("gateway/core/hall.cc", body="int A();\n" * 96)},
     "gateway/core/hall.cc:100: 100 lines"),
    ("caps", {"audit/log/log.cc": cpp("audit/log/log.cc", body=long_function(71))},
     "audit/log/log.cc:3: Answer has 71 lines"),
    ("caps", {"audit/log/log.cc": cpp("audit/log/log.cc", body="class Log {\n  Log(int a) : a_{a} {\n"
                                      + "    Step();\n" * 69 + "  }\n  int a_{0};\n};\n")},
     "Log has 71 lines"),
    ("names", {"gateway/core/x.h": "// as in Châtelville-sur-Loue\n"}, "party of one convention"),
    ("glossary", {"gateway/docs/glossary.md": GLOSSARY.replace("`Thing`", "`Thin`")}, "Thin is no name"),
    ("glossary", {"gateway/docs/glossary.md": GLOSSARY.replace("`Thing`", "thing")}, "neither a name"),
    ("events", {**EVENTS, "audit/EVENTS.md": DECLARED.replace("The one given.", "The other.")}, ":11: stale"),
    ("events", {**EVENTS, "audit/EVENTS.md": DECLARED.replace("never on a deed", "may rest on a deed")},
     ":7: stale, here should stand: - `thing_done`, field 10: report of fact; alone in its set; never on a deed; "
     "concerns everyone, and the party it names."),
    ("events", {**EVENTS, "audit/EVENTS.md": DECLARED.partition("\n## Seen")[0] + "\n"}, "ends too early"),
    ("events", {**EVENTS, "audit/EVENTS.md": DECLARED.replace("Signed by: all.", "Signed by: nobody has said so "
                                                              "yet.")}, "ThingDone: say who signs it"),
    ("names", {"gateway/core/x.h": "// as in CHATELVILLE-SUR-LOUE\n"}, "party of one convention"),
    ("names", {"proto/CMakeLists.txt": "set(x 99123)\n"}, "party of one convention: 99123"),
    ("names", {"policy/rules/rules.cc": 'const char* k = "p002";\n'}, "a party by its id: p002"),
    ("names", {"gateway/run": "#!/bin/sh\necho 'p002'\n"}, "a party by its id: p002"),
    ("names", {"policy/rules/rules.cc": "const int Loire" "ForezParties = 2;\n"}, "one territory"),
    ("form", {"audit/log/log.h": cpp("audit/log/log.h").replace("_LOG_H_", "_H_")}, "include guard"),
    ("form", {"audit/log/log.cc": "namespace passerelle::audit {\n\n}  // namespace\n"},
     "namespace is passerelle::audit::log"),
    ("form", {"audit/log/log.cc": cpp("audit/log/log.cc", body="using namespace std;\n")},
     "audit/log/log.cc:3: using namespace"),
    ("form", {"audit/log/log.cc": cpp("audit/log/log.cc", body="using namespace statement::v1;\n")},
     "audit/log/log.cc:3: using namespace"),
    ("form", {"tests/unit/audit/log/log_test.cc":
              cpp("tests/unit/audit/log/log_test.cc", body="using namespace std;\n")},
     "log_test.cc:3: using namespace"),
    ("form", {"audit/log/log.cc": cpp("audit/log/log.cc", body="int A();  // TO" "DO\n")}, ":3: TO"),
    ("form", {"gateway/run": "#!/bin/sh\n# FIX" "ME\n"}, "gateway/run:2: FIX"),
    ("form", {"audit/log/log.cc": cpp("audit/log/log.cc").rstrip()}, "no newline at the end"),
    ("form", {"audit/log/log.cc": cpp("audit/log/log.cc") + "\n"}, "blank lines at the end"),
    ("form", {"proto/CMakeLists.txt": "set(x\n\ty)\n"}, "proto/CMakeLists.txt:2: a tab"),
    ("form", {"README.md": "# Title \n"}, "README.md:1: blanks at the end"),
    ("format", {"audit/log/log.cc": cpp("audit/log/log.cc", body="int  Answer();\n")},
     "audit/log/log.cc:3: not as clang-format"),
    ("reasons", {"gateway/cli/error_texts.cc": CATALOGUE,
                 "audit/log/log.cc": 'auto a = Malformed("DATE", "", x);\nauto b = odd ? "NEW_ONE" : "FILE_MISSING";\n'},
     "audit/log/log.cc:2: NEW_ONE has no text"),
    ("reasons", {"gateway/cli/error_texts.cc": CATALOGUE,
                 "audit/log/log.cc": 'auto a = Error(absl::StatusCode::kAborted, "TORN", x);\n'},
     "audit/log/log.cc:1: TORN has no text"),
    ("rules", {**RULES, RULE_PATH: RULE.replace("Article IX, ninth", "The ninth")}, "does not name Article IX"),
    ("rules", {**RULES, RULE_PATH: RULE.replace("IX.9", "X.9")}, "is not a file named article_x"),
    ("rules", {**RULES, RULE_PATH: "", "policy/rules/other.cc": RULE.replace('"IX.9"', '"late.one"')
               .replace("Article IX, ninth paragraph", "Late")}, "does not say what it carries out"),
    ("rules", {**RULES, "tests/unit/policy/rules/acceptance_test.cc": ACCEPTS.replace('"IX.9"', '"IX.7"')},
     "accepts under it"),
    ("rules", {**RULES, "tests/unit/policy/rules/cases_all.cc": "\n"}, "refuses under it"),
    ("rules", {**RULES, "gateway/docs/rules.md": "# Rules\n"}, "not in gateway/docs/rules.md"),
    ("rules", {**RULES, "gateway/docs/rules.md": "## IX.9\n## IX.10\n"}, "there is no rule IX.10"),
    ("sleeps", {"tests/unit/audit/log/log_test.cc": "std::this_thread::sleep_for(x);\n"}, "sleep_for"),
    ("sleeps", {"tests/integration/wait.go": "time.Sleep(x)\n"}, "time.Sleep"),
    ("ambient", {"audit/log/log.cc": "auto now = std::chrono::system_clock::now();\n"}, "system_clock"),
    ("ambient", {"audit/log/log.cc": "auto now = absl::Now();\n"}, "absl::Now"),
    ("ambient", {"audit/log/log.cc": "auto now = std::time(nullptr);\n"}, "time("),
    ("ambient", {"audit/log/log.cc": "std::random_device device;\n"}, "random_device"),
    ("ambient", {"audit/log/log.cc": "int a = rand();\n"}, "rand("),
    ("ambient", {"audit/log/log.cc": "int a = RAND_bytes(p, 2);\n"}, "RAND_bytes"),
    ("ambient", {"audit/log/log.cc": "int a = ::open(p, 0);\n"}, "open("),
    ("ambient", {"audit/log/log.cc": "std::ifstream in(p);\n"}, "ifstream"),
)

# What looks like a fault and is none.
HARMLESS = (
    ("includes", {"gateway/core/x.h": cpp("gateway/core/x.h"),
                  "gateway/cli/init.cc": cpp("gateway/cli/init.cc", '"gateway/core/x.h"')}),
    ("includes", {"gateway/core/x.h": cpp("gateway/core/x.h", body="// #include <spdlog/spdlog.h>\n")}),
    ("includes", {"tests/unit/audit/log/log_test.cc":
                  cpp("tests/unit/audit/log/log_test.cc", '"tests/bench/echo.grpc.pb.h"'),
                  "tests/bench/echo.proto": PROTO}),
    ("ambient", {"audit/log/guard.cc": "int a = ::open(p, 0);\n"}),
    ("ambient", {"gateway/base/clock.cc": "auto now = std::chrono::system_clock::now();\n"}),
    ("ambient", {"audit/log/log.cc": 'auto s = store.open(p);  // ::open(\nauto t = "rand()";\n'}),
    ("buf", proto_with("message GetRequest {}", "message GetRequest {\n  // Whose.\n  string owner = 1;\n}")),
    ("buf", {PROTO_PATH: PROTO + "\n// A later one.\nmessage Other {}\n"}),
    ("buf", proto_with("    string name = 2;\n", "    string name = 2;\n    // A number.\n    string number = 3;\n")),
    ("buf", proto_with("  KIND_FIRST = 1;\n", "  KIND_FIRST = 1;\n  // The second.\n  KIND_SECOND = 2;\n")),
    ("buf", proto_with("}\n\n// Asks.", "  // Puts.\n  rpc Put(stream PutRequest) returns (PutResponse);\n}\n\n"
                       "// A part.\nmessage PutRequest {}\n\n// Done.\nmessage PutResponse {}\n\n// Asks.")),
    ("buf", {"proto/passerelle/statement/v1/other.proto":
             'syntax = "proto3";\n\npackage passerelle.statement.v1;\n\n// Other.\nmessage Other {}\n'}),
    ("caps", {"audit/log/log.cc": cpp("audit/log/log.cc", body="const std::vector<int> kTable = {\n"
                                      + "    Row(1, {2}),\n" * 90 + "};\n")}),
    ("form", {"audit/log/macros.h": "#ifndef PASSERELLE_AUDIT_LOG_MACROS_H_\n"
              "#define PASSERELLE_AUDIT_LOG_MACROS_H_\n\n#define X(y) \\\n  (y)\n\n#endif\n"}),
    ("form", {"tests/unit/audit/log/log_test.cc":
              cpp("tests/unit/audit/log/log_test.cc", body="using namespace statement::v1;\n")}),
    ("glossary", {"gateway/docs/glossary.md": GLOSSARY}),
    ("events", {**EVENTS, "audit/EVENTS.md": DECLARED}),
    ("names", {"proto/x.proto": '// A slug, such as "p001/agg".\n'}),
    ("reasons", {"gateway/cli/error_texts.cc": CATALOGUE,
                 "audit/log/log.cc": '// "OLD_ONE"\nauto a = getenv("LC_ALL");\nauto b = Find("EC", "ED25519");\n'}),
    ("rules", RULES),
    ("sleeps", {"tests/unit/audit/log/log_test.cc": "// sleep_for would be slow\n"}),
)


class LintTest(unittest.TestCase):
    """Runs the checks over trees made in a temporary folder."""

    def findings(self, name, planted):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for path, content in {**CLEAN, **planted}.items():
                if content is None:
                    continue
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(content if isinstance(content, bytes) else content.encode())
            os.chmod(root / "tests/integration/start.sh", 0o755)
            return list(CHECKS[name].check(tree.Tree(root)))

    def test_clean_tree_has_no_findings(self):
        for name in CHECKS:
            with self.subTest(name):
                self.assertEqual(self.findings(name, {}), [])

    def test_planted_faults_are_found(self):
        for name, planted, expected in PLANTED:
            with self.subTest(name, expected=expected):
                found = self.findings(name, planted)
                self.assertEqual(1, sum(expected in finding for finding in found), found)

    def test_harmless_likenesses_are_not(self):
        for name, planted in HARMLESS:
            with self.subTest(name, planted=list(planted.values())[-1]):
                self.assertEqual(self.findings(name, planted), [])

    def test_every_check_is_shown_a_fault(self):
        self.assertEqual(set(CHECKS), {name for name, _, _ in PLANTED})


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    unittest.main()
