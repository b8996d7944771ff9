#!/usr/bin/env bash
# Installs exactly what the package-lock.json of a folder pins, each package verified against its digest, and
# prints where its node_modules stands. Nothing lands beside the sources: the place is build/npm/, named after
# the folder and the digest of its two files, so that a second call changes nothing and needs no network.
#
#   tests/support/npm_ci.sh FOLDER
set -euo pipefail
folder=$(cd "$1" && pwd)
kept=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build/npm
digest=$(cat "$folder"/package.json "$folder"/package-lock.json | sha256sum | cut -c1-16)
place=$kept/$(basename "$folder")-$digest

if [[ ! -d $place ]]; then
  if ! command -v npm >/dev/null; then
    echo "npm is not installed: gateway/install-build-deps test" >&2
    exit 1
  fi
  mkdir -p "$kept"
  fresh=$(mktemp -d "$kept/fresh.XXXXXX")
  trap 'rm -rf "$fresh"' EXIT
  cp "$folder/package.json" "$folder/package-lock.json" "$fresh"
  # No package of ours needs to run a program of its own when it is installed.
  if ! (cd "$fresh" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >"$fresh/said" 2>&1; then
    cat "$fresh/said" >&2
    echo "npm could not install what $folder/package-lock.json pins" >&2
    exit 1
  fi
  # Two may have begun at once: the first to end keeps the place.
  mv -T "$fresh" "$place" 2>/dev/null || [[ -d $place/node_modules ]]
  # What an earlier lock file pinned.
  find "$kept" -maxdepth 1 -name "$(basename "$folder")-*" ! -path "$place" -exec rm -rf {} +
fi
printf '%s/node_modules\n' "$place"
