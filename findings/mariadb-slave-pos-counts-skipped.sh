#!/usr/bin/env bash
# gtid_slave_pos counts transactions that the replica never applied, also on a replica that does not use GTIDs.
#
# Version:  MariaDB 10.11.18, Debian bookworm's packages
# Guess:    With MASTER_USE_GTID=no the variable stands still or stays empty, and it only ever names what was applied: what a
#           filter or sql_slave_skip_counter left out is missing from it, or can be told apart.
# So it is: It moves with file-and-position replication just the same, and over each event group that comes by: filtered,
#           skipped by the counter, or of an ignored domain. MASTER_GTID_WAIT says 0, "here", for a row that is not here and
#           never will be.
#
# Output seen:
#   Using_Gtid of the replica: No
#   a write that it applies: MASTER_GTID_WAIT says 0, rows there: 1
#   gtid_slave_pos then: 0-1-3
#   a write to a table that a filter leaves out: MASTER_GTID_WAIT says 0, rows there: 0
#   a write that sql_slave_skip_counter leaves out: MASTER_GTID_WAIT says 0, rows there: 0
#   a write of a domain in IGNORE_DOMAIN_IDS: MASTER_GTID_WAIT says 0, rows there: 0
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/finding.sh"
. "$here/lib/debian.sh"
. "$here/lib/mariadb.sh"

unpack_mariadb
start_mariadb source 1
start_mariadb replica 2 --read-only --replicate-ignore-table=d.left_out
follow replica source no
# write STATEMENT: on the source; prints the GTID that it got.
write() { sql source "$1; SELECT @@last_gtid"; }
# arrives GTID WHERE: what the replica says of the GTID within 20 s, and how many rows it shows.
arrives() { sql replica "SELECT MASTER_GTID_WAIT('$1', 20)"; sql replica "SELECT COUNT(*) FROM $2"; }
said() { printf 'MASTER_GTID_WAIT says %s, rows there: %s' $(arrives "$@"); }

sql source 'CREATE TABLE d.t (id INT PRIMARY KEY) ENGINE = InnoDB; CREATE TABLE d.left_out LIKE d.t'
applied=$(write 'INSERT INTO d.t VALUES (1)')
sql replica 'CREATE TABLE IF NOT EXISTS d.left_out (id INT PRIMARY KEY) ENGINE = InnoDB'
see 'Using_Gtid of the replica' "$(slave_status replica Using_Gtid)" No
see 'a write that it applies' "$(said "$applied" 'd.t WHERE id = 1')" 'MASTER_GTID_WAIT says 0, rows there: 1'
see 'gtid_slave_pos then' "$(sql replica 'SELECT @@gtid_slave_pos')" "$applied"

filtered=$(write 'INSERT INTO d.left_out VALUES (1)')
see 'a write to a table that a filter leaves out' "$(said "$filtered" d.left_out)" 'MASTER_GTID_WAIT says 0, rows there: 0'

sql replica 'STOP SLAVE; SET GLOBAL sql_slave_skip_counter = 1'
skipped=$(write 'INSERT INTO d.t VALUES (2)')
sql replica 'START SLAVE'
see 'a write that sql_slave_skip_counter leaves out' "$(said "$skipped" 'd.t WHERE id = 2')" 'MASTER_GTID_WAIT says 0, rows there: 0'

sql replica "STOP SLAVE; SET GLOBAL gtid_slave_pos = '$skipped'; CHANGE MASTER TO MASTER_USE_GTID = slave_pos, IGNORE_DOMAIN_IDS = (5); START SLAVE"
ignored=$(write 'SET gtid_domain_id = 5; INSERT INTO d.t VALUES (3)')
see 'a write of a domain in IGNORE_DOMAIN_IDS' "$(said "$ignored" 'd.t WHERE id = 3')" 'MASTER_GTID_WAIT says 0, rows there: 0'
finish 'gtid_slave_pos moves over what was never applied'
