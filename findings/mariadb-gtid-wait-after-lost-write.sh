#!/usr/bin/env bash
# MASTER_GTID_WAIT says "here" for a write that was lost with its source, as soon as another server has used its number.
#
# Version:  MariaDB 10.11.18, Debian bookworm's packages
# Guess:    A GTID is global: 0-1-3, written by server 1 and lost when server 2 was promoted, is never reached by a position
#           0-2-3, since the server ids differ; the wait times out.
# So it is: Within a domain only the sequence numbers are compared. The promoted server gives the numbers of the lost writes
#           out again, and from then on a follower of it answers 0 at once for the lost one. The lost row's auto-increment id is
#           given out again, too, so a row of that id may well be found: another client's.
#
# Output seen:
#   the second server has the shared write: 0
#   the write that is lost: GTID 0-1-3, id 2
#   the first write after the promotion: GTID 0-2-3, id 2
#   the position of the follower: 0-2-3
#   MASTER_GTID_WAIT for the lost write there: 0
#   the row of its id there: from the second server
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/finding.sh"
. "$here/lib/debian.sh"
. "$here/lib/mariadb.sh"

at_position() { [ "$(sql server3 "SELECT @@gtid_slave_pos")" = 0-2-3 ]; }

unpack_mariadb
for number in 1 2 3; do start_mariadb "server$number" "$number" --gtid-strict-mode=ON; done
follow server2 server1 slave_pos
sql server1 'CREATE TABLE d.t (id INT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(40)) ENGINE = InnoDB'
shared=$(sql server1 "INSERT INTO d.t (text) VALUES ('from the first server'); SELECT @@last_gtid")
see 'the second server has the shared write' "$(sql server2 "SELECT MASTER_GTID_WAIT('$shared', 60)")" 0
sql server2 'STOP SLAVE'
read -r lost lost_id <<< "$(sql server1 "INSERT INTO d.t (text) VALUES ('lost'); SELECT @@last_gtid, LAST_INSERT_ID()")"
see 'the write that is lost' "GTID $lost, id $lost_id" 'GTID 0-1-3, id 2'
sql server2 'RESET SLAVE ALL'
follow server3 server2 slave_pos
read -r again again_id <<< "$(sql server2 "INSERT INTO d.t (text) VALUES ('from the second server'); SELECT @@last_gtid, LAST_INSERT_ID()")"
see 'the first write after the promotion' "GTID $again, id $again_id" 'GTID 0-2-3, id 2'
wait_until 60 at_position || give_up 'the third server does not follow'
see 'the position of the follower' "$(sql server3 'SELECT @@gtid_slave_pos')" 0-2-3
see 'MASTER_GTID_WAIT for the lost write there' "$(sql server3 "SELECT MASTER_GTID_WAIT('$lost', 5)")" 0
see 'the row of its id there' "$(sql server3 "SELECT text FROM d.t WHERE id = $lost_id")" 'from the second server'
finish 'MASTER_GTID_WAIT compares numbers and not servers'
