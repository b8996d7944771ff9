#!/usr/bin/env bash
# Founds the invented convention for the benches and has one exchange approved in it; a gateway can be started
# on what is then in FOLDER.
#
#   tests/bench/make_installation.sh BUILD FOLDER
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
folder=$(realpath "$2")
begin "$1"
found
start_gateway
join
approve
stop_gateway TERM
[[ $stopped -eq 0 ]] || fail "the gateway ended with $stopped"
printf '%s\n' "$exchange" >exchange
cp -a . "$folder"
