#!/usr/bin/env bash
# gtid_mode = ON_PERMISSIVE on a source stops its replicas with auto-position, but only at their next connect.
#
# Version:  MySQL 9.7.4, Debian sid's packages
# Guess:    One step down from ON is harmless: the source goes on giving each transaction a GTID, the replicas, still ON, go on
#           following, or refuse at once.
# So it is: All goes well until a replica connects again, at its restart or after a short loss of the network, maybe weeks later:
#           then its receiver stops with error 13117 and does not try again. The source's mode back at ON is not enough:
#           an operator has to start the receiver.
#
# Output seen:
#   GTIDs after the first write: 2
#   after ON_PERMISSIVE on the source: GTIDs: 3
#   rows on the replica: 2
#   its receiver: ON 0
#   its receiver, after it has connected again: OFF 13117
#   GTIDs after one more write: 4
#   its receiver, 5 s after the source is ON again: OFF 13117
#   rows on the replica, after START REPLICA: 3
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/finding.sh"
. "$here/lib/debian.sh"
. "$here/lib/mysql.sh"

unpack_mysql
start_mysql source 1
start_mysql replica 2 --super-read-only=ON
sql replica "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = ${ports[source]}, SOURCE_USER = 'follower',
  SOURCE_PASSWORD = '$password', SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1, SOURCE_CONNECT_RETRY = 1,
  SOURCE_RETRY_COUNT = 100; START REPLICA"
receiver() { sql replica 'SELECT SERVICE_STATE, LAST_ERROR_NUMBER FROM performance_schema.replication_connection_status'; }
has_rows() { [ "$(sql replica 'SELECT COUNT(*) FROM d.t')" = "$1" ]; }
# write ID: on the source; prints how many transactions have a GTID since.
write() {
  sql source "INSERT INTO d.t VALUES ($1); SELECT REGEXP_SUBSTR(@@GLOBAL.gtid_executed, '[0-9]+\$')"
}

sql source 'CREATE TABLE d.t (id INT PRIMARY KEY)'
see 'GTIDs after the first write' "$(write 1)" 2
wait_until 60 has_rows 1 || give_up 'the replica does not follow'
sql source 'SET GLOBAL gtid_mode = ON_PERMISSIVE'
see 'after ON_PERMISSIVE on the source: GTIDs' "$(write 2)" 3
wait_until 60 has_rows 2 || true
see 'rows on the replica' "$(sql replica 'SELECT COUNT(*) FROM d.t')" 2
see 'its receiver' "$(receiver)" $'ON\t0'

sql replica 'STOP REPLICA IO_THREAD; START REPLICA IO_THREAD'
is_off() { [[ "$(receiver)" = OFF* ]]; }
wait_until 20 is_off || true
see 'its receiver, after it has connected again' "$(receiver)" $'OFF\t13117'
sql source 'SET GLOBAL gtid_mode = ON'
see 'GTIDs after one more write' "$(write 3)" 4
sleep 5
see 'its receiver, 5 s after the source is ON again' "$(receiver)" $'OFF\t13117'
sql replica 'START REPLICA IO_THREAD'
wait_until 60 has_rows 3 || true
see 'rows on the replica, after START REPLICA' "$(sql replica 'SELECT COUNT(*) FROM d.t')" 3
finish 'ON_PERMISSIVE on the source stops replicas when they connect again'
