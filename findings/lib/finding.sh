# What every finding shares: a folder of its own, its processes ended by id, checks, and three ways to end.
#   0  it behaves as the script's comment says
#   1  the behaviour has changed
#   2  it could not be checked: a version is no longer available, or something is missing
# Sourced with `set -euo pipefail` in force.

work=$(mktemp -d "${TMPDIR:-/tmp}/finding.XXXXXX")
chmod 700 "$work"
pids=()
changed=0
verdict=

clean_up() {
  local status=$? pid
  trap - EXIT INT TERM
  for pid in "${pids[@]}"; do
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  if [ -z "$verdict" ] && [ "$status" -ne 130 ] && [ "$status" -ne 143 ]; then
    status=2
    echo "NOT LOOKED AT: the script ended early"
    tail -n 5 "$work"/*.log 2>/dev/null || true
  fi
  rm -rf "$work"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# give_up SENTENCE: nothing can be said about the behaviour.
give_up() {
  verdict=unknown
  echo "NOT LOOKED AT: $1"
  exit 2
}

# need PROGRAM...
need() {
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null || give_up "this machine has no $program"
  done
}

# see WHAT SEEN EXPECTED: prints what is seen and remembers whether it differs.
see() {
  if [ "$2" = "$3" ]; then
    echo "  $1: $2"
  else
    echo "  $1: $2   <-- was: $3"
    changed=1
  fi
}

# finish SUMMARY
finish() {
  verdict=known
  if [ "$changed" -eq 0 ]; then
    echo "UNCHANGED: $1"
    exit 0
  fi
  echo "CHANGED: no longer as described at the top of this script"
  exit 1
}

# wait_until SECONDS COMMAND...: a generous limit, checked ten times a second.
wait_until() {
  local ends=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$ends" ] || return 1
    sleep 0.1
  done
}

# A TCP port of loopback that is free now.
free_port() {
  node -e "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })"
}

# install_npm NAME@VERSION...: into $work, where scripts find them. No install scripts are run.
install_npm() {
  need node npm
  echo '{ "private": true, "type": "module" }' > "$work/package.json"
  (cd "$work" && npm install --ignore-scripts --no-audit --no-fund --no-package-lock --save-exact "$@") \
    > "$work/npm.log" 2>&1 || { tail -n 5 "$work/npm.log"; give_up "npm does not serve $*"; }
  echo "Node $(node --version), $*"
}
