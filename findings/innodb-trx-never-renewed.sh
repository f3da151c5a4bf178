#!/usr/bin/env bash
# information_schema.INNODB_TRX shows for ever what it showed at first, when it is polled faster than every 100 ms.
#
# Version:  MariaDB 10.11.18, Debian bookworm's packages
# Guess:    The table is live, or at most 100 ms old: polling every 20 ms finds a lock wait within 0.1 s.
# So it is: It is a copy that is renewed only if it has not been read for 100 ms. Each look puts the next renewal off, so a
#           poller that is fast enough never sees a wait that began after its first look, while the status variable
#           Innodb_row_lock_current_waits counts it. A look every 150 ms sees it at once. All readers share the copy: one fast
#           poller, a monitoring agent say, blinds all readers.
#
# Output seen (the counts of looks differ from run to run):
#   looks every 20 ms while the status variable counts the wait: 150, of them that see it in INNODB_TRX: 0
#   looks every 150 ms while the status variable counts the wait: 20, of them that see it in INNODB_TRX: 20
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/finding.sh"
. "$here/lib/debian.sh"
. "$here/lib/mariadb.sh"

unpack_mariadb
start_mariadb one 1
sql one 'CREATE TABLE d.t (id INT PRIMARY KEY, n INT) ENGINE = InnoDB; INSERT INTO d.t VALUES (1, 0)'

# look SECONDS_BETWEEN LOOKS: starts to look, lets a wait begin, and sets `looks` to how many were made while the status
# variable counted it, `listed` to how many of them saw it in the table. The loop runs inside the server, so that a busy
# client makes no pauses.
look() {
  local holder waiter id seen
  sql one "BEGIN; UPDATE d.t SET n = n + 1; DO SLEEP(40)" > "$work/holder.log" 2>&1 &
  holder=$!
  pids+=("$holder")
  wait_until 20 is_sleeping
  { sleep 1; exec "$work/bin/mariadb" "--defaults-file=$work/client.cnf" "--socket=$work/one.sock" \
    --execute 'SET innodb_lock_wait_timeout = 60; UPDATE d.t SET n = n + 1'; } > "$work/waiter.log" 2>&1 &
  waiter=$!
  pids+=("$waiter")
  seen=$(sql one "DELIMITER //
    BEGIN NOT ATOMIC
      DECLARE looks, listed, counted, listed_now, tries INT DEFAULT 0;
      WHILE looks < $2 AND tries < 1000 DO
        DO SLEEP($1);
        SELECT VARIABLE_VALUE INTO counted FROM information_schema.GLOBAL_STATUS
          WHERE VARIABLE_NAME = 'INNODB_ROW_LOCK_CURRENT_WAITS';
        SELECT COUNT(*) INTO listed_now FROM information_schema.INNODB_TRX WHERE trx_state = 'LOCK WAIT';
        IF counted > 0 THEN
          SET looks = looks + 1, listed = listed + listed_now;
        END IF;
        SET tries = tries + 1;
      END WHILE;
      SELECT looks, listed;
    END //")
  read -r looks listed <<< "$seen"
  for id in $(sql one 'SELECT ID FROM information_schema.PROCESSLIST WHERE INFO REGEXP "^(UPDATE|DO)"'); do
    sql one "KILL $id" 2> /dev/null || true
  done
  wait "$holder" "$waiter" 2> /dev/null || true
}

is_sleeping() { [ "$(sql one "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE STATE = 'User sleep'")" = 1 ]; }

# A pause of the whole machine longer than 100 ms would renew the copy: then it runs again.
for _ in 1 2 3 4 5; do
  look 0.02 150
  [ "$listed" -ne 0 ] || break
  echo "  (again: $listed of $looks looks saw it)"
done
see "looks every 20 ms while the status variable counts the wait: $looks, of them that see it in INNODB_TRX" "$listed" 0
look 0.15 20
see "looks every 150 ms while the status variable counts the wait: $looks, of them that see it in INNODB_TRX" "$listed" 20
finish 'INNODB_TRX is renewed only if it has not been read for 100 ms'
