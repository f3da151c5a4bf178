#!/usr/bin/env bash
# With the binary log off, gtid_mode = ON gives a server's own writes no GTID, while it still counts those that carry one.
#
# Version:  MySQL 9.7.4, Debian sid's packages
# Guess:    Since mysql.gtid_executed exists, a server with gtid_mode = ON needs no binary log to give each transaction a GTID;
#           or with --skip-log-bin it refuses to start with that mode, or to write.
# So it is: It starts, says ON, writes, and gtid_executed does not move. A transaction with a GTID of its own (GTID_NEXT, as an
#           applier sets it) is counted. So "gtid_mode is ON" proves nothing: without a log a write has no number that
#           others could wait for.
#
# Output seen:
#   gtid_mode, log_bin: ON 0
#   gtid_executed after two committed writes: empty
#   gtid_executed after a write with a GTID_NEXT: aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa:7
#   gtid_executed after one more write without: aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa:7
#   rows: 3
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/finding.sh"
. "$here/lib/debian.sh"
. "$here/lib/mysql.sh"

unpack_mysql
start_mysql one 1 --skip-log-bin
executed() { sql one "SELECT IF(@@GLOBAL.gtid_executed = '', 'empty', @@GLOBAL.gtid_executed)"; }

see 'gtid_mode, log_bin' "$(sql one "SELECT CONCAT(@@gtid_mode, ' ', @@log_bin)")" 'ON 0'
sql one 'CREATE TABLE d.t (id INT PRIMARY KEY); INSERT INTO d.t VALUES (1)'
see 'gtid_executed after two committed writes' "$(executed)" empty
carried=aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa:7
sql one "SET GTID_NEXT = '$carried'; INSERT INTO d.t VALUES (2)"
see 'gtid_executed after a write with a GTID_NEXT' "$(executed)" "$carried"
sql one 'INSERT INTO d.t VALUES (3)'
see 'gtid_executed after one more write without' "$(executed)" "$carried"
see 'rows' "$(sql one 'SELECT COUNT(*) FROM d.t')" 3
finish 'without a binary log gtid_mode = ON numbers nothing'
