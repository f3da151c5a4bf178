#!/usr/bin/env bash
# WSREP_SYNC_WAIT_UPTO_GTID cuts its timeout down to whole seconds, and says yes for a GTID of a domain it does not know.
#
# Version:  MariaDB 10.11.18 with Galera 26.4.23, Debian bookworm's packages; one node is enough
# Guess:    It is the cluster's MASTER_GTID_WAIT: 0.9 waits 0.9 s, and a GTID that was never seen here times out.
# So it is: The timeout loses its fraction without a word: 0.9 does not wait at all, 1.6 waits 1 s. It compares sequence numbers
#           in the cluster's own domain (wsrep_gtid_domain_id) only: for any other domain it answers 1, "reached", at once,
#           also for a transaction that never was. MASTER_GTID_WAIT is no way out: gtid_slave_pos stays empty on a node.
#
# Output seen:
#   the position after two writes: 7-1-2
#   timeout 0.9: waited less than 0.9 s: yes
#   timeout 1.6: waited less than 1.6 s: yes
#   timeout 1.6: waited at least 1 s: yes
#   7-1-1000, not written yet, in the domain of the cluster: error-1205
#   9-1-1000, never written, in another domain: 1
#   gtid_slave_pos of the node after its writes: empty
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/finding.sh"
. "$here/lib/debian.sh"
. "$here/lib/mariadb.sh"

unpack_mariadb galera-4=26.4.23-0+deb12u1
group=$(free_port)
start_mariadb one 1 --wsrep-on=ON "--wsrep-provider=$work/root/usr/lib/galera/libgalera_smm.so" --wsrep-new-cluster \
  "--wsrep-cluster-address=gcomm://127.0.0.1:$group" --wsrep-node-address=127.0.0.1 --wsrep-gtid-mode=ON --wsrep-gtid-domain-id=7 \
  "--wsrep-provider-options=base_host=127.0.0.1;base_port=$group;gmcast.listen_addr=tcp://127.0.0.1:$group;gcache.size=16M" \
  --gtid-domain-id=1 --binlog-format=ROW --innodb-autoinc-lock-mode=2
sql one 'CREATE TABLE d.t (id INT PRIMARY KEY) ENGINE = InnoDB; INSERT INTO d.t VALUES (1)'
see 'the position after two writes' "$(sql one 'SELECT @@gtid_binlog_pos')" 7-1-2

# wait_for GTID SECONDS: sets `answer` and `microseconds`, measured inside the server.
wait_for() {
  read -r answer microseconds <<< "$(sql one "DELIMITER //
    BEGIN NOT ATOMIC
      DECLARE answer TEXT;
      DECLARE begun DATETIME(6) DEFAULT SYSDATE(6);
      DECLARE CONTINUE HANDLER FOR 1205 SET answer = 'error-1205';
      SET answer = WSREP_SYNC_WAIT_UPTO_GTID('$1', $2);
      SELECT answer, TIMESTAMPDIFF(MICROSECOND, begun, SYSDATE(6));
    END //")"
}

# waits_less GTID SECONDS MICROSECONDS: again if the machine itself was that slow.
waits_less() {
  local turn
  for turn in 1 2 3 4 5; do
    wait_for "$1" "$2"
    [ "$microseconds" -ge "$3" ] || { echo yes; return; }
  done
  echo no
}

see 'timeout 0.9: waited less than 0.9 s' "$(waits_less 7-1-1000 0.9 900000)" yes
see 'timeout 1.6: waited less than 1.6 s' "$(waits_less 7-1-1000 1.6 1600000)" yes
wait_for 7-1-1000 1.6
see 'timeout 1.6: waited at least 1 s' "$([ "$microseconds" -ge 990000 ] && echo yes || echo no)" yes
see '7-1-1000, not written yet, in the domain of the cluster' "$answer" error-1205
wait_for 9-1-1000 3
see '9-1-1000, never written, in another domain' "$answer" 1
see 'gtid_slave_pos of the node after its writes' "$(sql one "SELECT IF(@@gtid_slave_pos = '', 'empty', @@gtid_slave_pos)")" empty
finish 'WSREP_SYNC_WAIT_UPTO_GTID knows whole seconds and its own domain only'
