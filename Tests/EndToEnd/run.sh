#!/usr/bin/env bash
# The command line from outside, with the built executable: points go in, samples come out; runs
# survive kills; and bad input ends in one line, a non-zero code and nothing written.
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
parts=$checkout/Tests/EndToEnd
tool=$checkout/.build/release/interpolate
work=$(mktemp -d "${TMPDIR:-/tmp}/end-to-end.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
passed=0

fail() {
  echo "end to end: $*" >&2
  exit 1
}

# shows PATTERN COMMAND...: the command prints a line that matches. Not through a pipe: grep leaves at the first
# match, and a command that still prints then ends with SIGPIPE.
shows() {
  local pattern=$1 output
  shift
  output=$("$@")
  grep -q -e "$pattern" <<<"$output"
}

# refuse CODE TEXT ARGUMENTS...: the command fails with CODE and one line that holds TEXT, and no file
# comes, goes or changes its size.
refuse() {
  local code=$1 text=$2 output status=0
  shift 2
  output=$("$tool" "$@" 2>&1 >/dev/null </dev/null) || status=$?
  [[ $status -eq $code ]] || fail "'$*' ended with $status instead of $code: $output"
  [[ $(wc -l <<<"$output") -eq 1 ]] || fail "'$*' printed more than one line: $output"
  [[ $output == *"$text"* ]] || fail "'$*' does not say '$text': $output"
  [[ $(listing) == "$before" ]] || fail "'$*' left something behind: $(listing | diff - <(echo "$before"))"
  passed=$((passed + 1))
  # Messages are the same message where only values differ: names in quotation marks, paths, numbers.
  messages+=$(sed "s/'[^']*'/_/g; s/^interpolate: [^ ]*: /_: /; s/[-+0-9.e]*[0-9][-+0-9.e]*/0/g" <<<"$output")$'\n'
}
listing() { find . -printf '%p %s %y\n' | sort; }
messages=

# shellcheck source-path=SCRIPTDIR
source "$parts/road.sh"
source "$parts/commands.sh"
source "$parts/exact.sh"
source "$parts/survival.sh"
source "$parts/readme.sh"
source "$parts/refusals.sh"

echo "end to end: the road works, runs survive $survived, $compared exact numbers agree," \
  "$passed refusals were one line each, $distinct of them different"
