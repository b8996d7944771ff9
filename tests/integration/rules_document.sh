#!/usr/bin/env bash
# The catalogue of rules as a document: gateway/docs/rules.md is what the program says today.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
if ! PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$root/tests/lint/rules_document.py" "$1"; then
  echo "gateway/docs/rules.md is stale: /usr/bin/python3 tests/lint/rules_document.py $1 --write"
  exit 1
fi
echo "gateway/docs/rules.md is what the program says"
