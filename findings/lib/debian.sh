# Programs from Debian's packages, unpacked and not installed. Needs finding.sh.

# unpack_debian RELEASE PACKAGE=VERSION...: into $work/root with all libraries they need, so that the release of this machine
# plays no part. Each program in its bin and sbin folders gets a starter of its name in $work/bin.
unpack_debian() {
  local release=$1 mirror request names apt=$work/apt root=$work/root
  shift
  need apt-get apt-cache dpkg
  mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -m1 -E '/debian/?$') || give_up "this machine knows no Debian mirror"
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/packages" "$root"
  : > "$apt/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $release main" > "$apt/sources.list"
  printf '%s\n' > "$apt/apt.conf" \
    "Dir::State::Lists \"$apt/lists\";" "Dir::State::status \"$apt/status\";" "Dir::Cache \"$apt/cache\";" \
    "Dir::Etc::sourcelist \"$apt/sources.list\";" 'Dir::Etc::sourceparts "/dev/null";' \
    'Dir::Etc::preferences "/dev/null";' 'Dir::Etc::preferencesparts "/dev/null";' \
    'Debug::NoLocking "1";' 'APT::Sandbox::User "";' 'Acquire::Retries "3";' 'Acquire::Languages "none";'
  APT_CONFIG=$apt/apt.conf apt-get update > "$work/apt.log" 2>&1 || give_up "the package lists of Debian $release cannot be fetched"
  for request in "$@"; do
    grep -qxF "${request#*=}" <<< "$(served "${request%%=*}")" ||
      give_up "Debian $release serves another version than $request: $(served "${request%%=*}" | paste -sd ' ')"
  done
  # Perl only serves maintenance scripts, which are not run.
  names=$(APT_CONFIG=$apt/apt.conf apt-get --simulate --no-install-recommends install "$@" |
    awk '/^Inst / && $2 !~ /perl/ { print $2 }')
  # shellcheck disable=SC2086
  (cd "$apt/packages" && APT_CONFIG=$apt/apt.conf apt-get download "$@" $(pick_others "$names" "$@")) >> "$work/apt.log" 2>&1 ||
    give_up "the packages $* cannot be downloaded"
  for request in "$apt"/packages/*.deb; do dpkg -x "$request" "$root"; done
  rm -rf "$apt"
  make_starters
  echo "Debian $release, $*"
}

# served PACKAGE: its versions, one a line.
served() { APT_CONFIG=$work/apt/apt.conf apt-cache madison "$1" | awk -F'|' '{ gsub(/ /, "", $2); print $2 }'; }

# pick_others NAMES REQUEST...: what is needed besides those requested by version.
pick_others() {
  local name request
  for name in $1; do
    for request in "${@:2}"; do [ "${request%%=*}" = "$name" ] && continue 2; done
    echo "$name"
  done
}

# Programs of another release need that release's own loader. `exec` keeps the process id.
make_starters() {
  local root=$work/root loader libraries program
  loader=$(find "$root" -name 'ld-linux-*.so.[0-9]' \( -type f -o -type l \) | head -n 1)
  libraries=$(find "$root" -maxdepth 3 -path '*/lib/*-linux-gnu' -type d | paste -sd:)
  mkdir -p "$work/bin"
  for program in "$root"/usr/bin/* "$root"/usr/sbin/*; do
    [ -f "$program" ] || continue
    printf '#!/bin/sh\nexec "%s" --library-path "%s" "%s" "$@"\n' "$loader" "$libraries" "$program" > "$work/bin/${program##*/}"
    chmod +x "$work/bin/${program##*/}"
  done
}

# wait_for_server NAME PID: until it answers, or has ended.
wait_for_server() {
  wait_until 180 answers_or_ended "$1" "$2" && kill -0 "$2" 2> /dev/null
}
answers_or_ended() { ! kill -0 "$2" || sql "$1" 'SELECT 1'; }
