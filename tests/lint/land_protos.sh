#!/usr/bin/env bash
# Takes the protos as they stand for landed: from now on lint/buf refuses whatever breaks them. Run it when
# additions are merged that partners or logs may rely on, and commit the image with them. What breaks the
# protos landed before is refused here too: a renumbered field cannot be landed by repeating the command.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
landed=$PWD/tests/testdata/protos/landed.binpb
buf=$(tests/support/npm_ci.sh tests/lint/buf)/.bin/buf
cd proto
"$buf" lint
[[ ! -e $landed ]] || "$buf" breaking --against "$landed"
"$buf" build --exclude-source-info -o "$landed"
