#!/usr/bin/env bash
# Beside the server of a container, as long as that runs; the arguments are the names of the others. PostgreSQL lets commits
# wait without end for a standby that is gone: here they go on alone after two seconds without one, and wait again once one has
# caught up.
set -uo pipefail

here="$(dirname "${BASH_SOURCE[0]}")"
statements="$here"
# shellcheck source=words.sh
. "$here/words.sh"

as=()
if [ "$(id -u)" = 0 ]; then as=(gosu postgres); fi
export PGUSER="${PGUSER:-postgres}" PGCONNECT_TIMEOUT=2
sql() {
  "${as[@]}" psql --no-psqlrc --quiet --no-align --tuples-only --field-separator=' ' --dbname=postgres "$@" 2>/dev/null
}

names='' slots=''
for name in "$@"; do
  names+="${names:+, }\"$name\""
  slots+="${slots:+, }('$(slot "$name")')"
done
waiting="ANY 1 ($names)"

# Whether it leads, whether commits wait for a standby, whether one answers, and whether one that answers has caught up.
question="SELECT NOT pg_is_in_recovery(), current_setting('synchronous_standby_names') <> '', count(*) > 0,
  coalesce(bool_or(pg_wal_lsn_diff(CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_flush_lsn() END, flush_lsn)
    < 1000000), false)
  FROM pg_stat_replication WHERE state = 'streaming' AND clock_timestamp() - reply_time < interval '2 s'
    AND application_name IN ($(printf "'%s'," "$@")'')"
# One that was promoted has none yet, and standbys do not stream without.
make_slots="SELECT pg_create_physical_replication_slot(name, true) FROM (VALUES $slots) AS wanted (name)
  WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = name)"

wait_for() {
  sql --command="ALTER SYSTEM SET synchronous_standby_names = $(literal "$1")" --command='SELECT FROM pg_reload_conf()' &&
    echo "$2"
}

alone=0
while sleep 1; do
  read -r leads waits answers caught_up <<<"$(sql --command="$question")" || true
  if [ "${leads:-}" != t ]; then
    alone=0
    continue
  fi
  sql --command="$make_slots" >/dev/null
  if [ "$answers" = t ]; then
    alone=0
    if [ "$waits" = f ] && [ "$caught_up" = t ]; then wait_for "$waiting" 'commits wait for a standby'; fi
  elif [ "$waits" = t ]; then
    alone=$((alone + 1))
    if ((alone >= 2)); then wait_for '' 'no standby answers: commits do not wait for one any more'; fi
  fi
done
