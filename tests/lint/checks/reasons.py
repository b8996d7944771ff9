"""Every reason that an error of ours can bear has a text in French and English.

The catalogue is gateway/cli/error_texts.cc; the gateway's reasons reach the command line with its answers.
"""

import re

import tree as trees

NAME = "reasons"

CATALOGUE = "gateway/cli/error_texts.cc"
# A reason is upper snake case: with an underscore anywhere, without one as the first text of a call that
# makes an error.
LONG = re.compile(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"')
SHORT = re.compile(r'\b(?:Error|Malformed|Corrupt|Usage)\(\s*(?:absl::StatusCode::\w+,\s*)?"([A-Z][A-Z0-9]*)"')
# Environment variables look like reasons.
VARIABLES = re.compile(r"^(LC_\w+|PASSERELLE_\w+|GRPC_\w+|CREDENTIALS_DIRECTORY)$")


def check(tree):
    catalogue = tree.by_path(CATALOGUE)
    if catalogue is None:
        return
    # Texts may break across lines: C++ joins adjacent literals.
    joined = re.sub(r'"\s*\n\s*"', "", catalogue.without_comments)
    known = {reason for listed in re.findall(r'\{\s*"([A-Z0-9_ ]+)",', joined)
             for reason in listed.split()}
    raised = set()
    for file in tree.cpp():
        if file.is_test or file.path == CATALOGUE:
            continue
        for pattern in (LONG, SHORT):
            for line, match in trees.matches(file.without_comments, pattern):
                reason = match[1]
                raised.add(reason)
                if reason not in known and not VARIABLES.match(reason):
                    yield f"{file.path}:{line}: {reason} has no text in {CATALOGUE}"
