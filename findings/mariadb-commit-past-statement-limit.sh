#!/usr/bin/env bash
# A commit that waits for a semi-synchronous acknowledgement: max_statement_time does not end the wait, KILL QUERY makes it succeed.
#
# Version:  MariaDB 10.11.18, Debian bookworm's packages
# Guess:    With max_statement_time = 1 an INSERT that waits for an acknowledgement fails with 1969 after 1 s, or its error tells
#           that the outcome is open. KILL QUERY ends it with error 1317.
# So it is: The limit does not count while the commit waits: OK after rpl_semi_sync_master_timeout, here 4 s. KILL QUERY ends the
#           wait at once, and the client is told OK without a warning, although no replica has the row: semi-synchronous
#           replication stays on, only Rpl_semi_sync_master_no_tx tells of it.
#
# Output seen:
#   under max_statement_time = 1: OK
#   it waited at least 3.5 s: yes
#   killed by KILL QUERY: OK, warnings 0
#   it waited less than the 60 s: yes
#   the row is visible to other sessions: 1
#   commits without an acknowledgement, more than before: 1
#   semi-synchronous replication is still: ON
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/finding.sh"
. "$here/lib/debian.sh"
. "$here/lib/mariadb.sh"

unpack_mariadb
start_mariadb one 1 --rpl-semi-sync-master-enabled=ON --rpl-semi-sync-master-wait-no-slave=ON --rpl-semi-sync-master-timeout=100
sql one 'CREATE TABLE d.t (id INT PRIMARY KEY) ENGINE = InnoDB'
# No replica is there to acknowledge. What timed out switched it off: on again.
again() { sql one "SET GLOBAL rpl_semi_sync_master_enabled = OFF; SET GLOBAL rpl_semi_sync_master_timeout = $1; SET GLOBAL rpl_semi_sync_master_enabled = ON"; }
status() { sql one "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = '$1'"; }
insert="SET @begun = SYSDATE(6); INSERT INTO d.t VALUES"
report="SELECT @@warning_count, TIMESTAMPDIFF(MICROSECOND, @begun, SYSDATE(6))"
fail() { echo "$1" | grep -oE 'ERROR [0-9]+' || echo "$1"; }

again 4000
if seen=$(sql one "SET max_statement_time = 1; $insert (1); SET STATEMENT max_statement_time = 0 FOR $report" 2>&1); then
  read -r _ microseconds <<< "$seen"
  see 'under max_statement_time = 1' OK OK
  see 'it waited at least 3.5 s' "$([ "$microseconds" -ge 3500000 ] && echo yes || echo no)" yes
else
  see 'under max_statement_time = 1' "$(fail "$seen")" OK
fi

again 60000
unacknowledged=$(status RPL_SEMI_SYNC_MASTER_NO_TX)
sql one "$insert (2); $report" > "$work/killed.log" 2>&1 &
client=$!
pids+=("$client")
is_waiting() { id=$(sql one "SELECT ID FROM information_schema.PROCESSLIST WHERE STATE LIKE '%semi-sync ACK%'") && [ -n "$id" ]; }
wait_until 30 is_waiting || give_up 'no commit waits for an acknowledgement'
sql one "KILL QUERY $id"
wait "$client" || true
if read -r warnings microseconds < <(grep -E '^[0-9]+\s[0-9]+$' "$work/killed.log"); then
  see 'killed by KILL QUERY' "OK, warnings $warnings" 'OK, warnings 0'
  see 'it waited less than the 60 s' "$([ "$microseconds" -lt 55000000 ] && echo yes || echo no)" yes
else
  see 'killed by KILL QUERY' "$(fail "$(cat "$work/killed.log")")" 'OK, warnings 0'
fi
see 'the row is visible to other sessions' "$(sql one 'SELECT COUNT(*) FROM d.t WHERE id = 2')" 1
see 'commits without an acknowledgement, more than before' "$(($(status RPL_SEMI_SYNC_MASTER_NO_TX) - unacknowledged))" 1
see 'semi-synchronous replication is still' "$(status RPL_SEMI_SYNC_MASTER_STATUS)" ON
finish 'no statement limit bounds a commit, and a killed one says OK'
