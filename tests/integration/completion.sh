#!/usr/bin/env bash
# The shells complete the words of the command line itself: commands, options, the values of an option, files.
set -euo pipefail
source "$(dirname "$0")/../support/installation.sh"
begin "$1"

cli completion bash >files/passerelle.bash
cli completion zsh >files/_passerelle
cli completion fish >files/passerelle.fish

# complete_ WORDS...: what bash offers for the last of them.
complete_() {
  bash -c '
    source files/passerelle.bash
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _passerelle
    printf "%s\n" "${COMPREPLY[@]}"' bash passerelle "$@"
}
# offers WORD WORDS...: it is among them; keeps WORD WORDS...: it is not.
offers() {
  local word=$1
  shift
  offered=$(complete_ "$@")
  grep -qxF -e "$word" <<<"$offered" || fail "$word is not offered after: $* :: $offered"
}
keeps() {
  local word=$1
  shift
  offered=$(complete_ "$@")
  ! grep -qxF -e "$word" <<<"$offered" || fail "$word is offered after: $*"
}
offers transfer ''
offers transfer tr
keeps exchange tr
offers send transfer s
keeps propose transfer ''
offers opinion --profile somewhere.json exchange o
offers --party transfer send --p
offers --json transfer send --
keeps --out transfer send --o
offers --out transfer fetch --o
offers fr --lang ''
keeps transfer --lang ''
offers production init --environment p
keeps file-of-mine init --environment ''
offers encrypt agent key ''
offers zsh completion z
touch file-of-mine
offers file-of-mine submit file
offers file-of-mine transfer check exchange fil
offers file-of-mine init --convention fi

# Nothing is written twice: every command of the help is offered.
for noun in $(cli --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
  offers "$noun" "$noun"
  for verb in $(cli "$noun" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z-]*\) .*/\1/p'); do
    offers "$verb" "$noun" "$verb"
  done
done
bash -n files/passerelle.bash

checked=bash
if command -v zsh >/dev/null; then
  zsh -n files/_passerelle
  # The words it would offer, without the line editor.
  said=$(zsh -fc 'compdef() { :; }; compadd() { shift; print -l -- "$@"; }; _files() { print FILES; }
    source files/_passerelle
    words=(passerelle transfer ""); CURRENT=3; _passerelle; words=(passerelle submit ""); CURRENT=3; _passerelle')
  grep -qx send <<<"$said" && grep -qx FILES <<<"$said" || fail "zsh does not complete: $said"
  checked+=", zsh"
fi
if command -v fish >/dev/null; then
  fish --no-execute files/passerelle.fish
  # fish_complete LINE WORD
  fish_complete() {
    offered=$(HOME=$tmp fish --no-config -c "source files/passerelle.fish; complete -C '$1'")
    grep -q -e "^$2\b" <<<"$offered" || fail "fish does not offer $2 after: $1 :: $offered"
  }
  fish_complete 'passerelle tr' transfer
  fish_complete 'passerelle transfer s' send
  fish_complete 'passerelle transfer send --p' --party
  fish_complete 'passerelle --lang ' fr
  checked+=", fish"
fi
expect 2 cli completion tcsh
echo "completes in $checked"
