# MySQL servers on loopback, each with an empty data directory. Needs finding.sh and debian.sh.

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
declare -A ports=()
as_root=()
[ "$(id -u)" -ne 0 ] || as_root=(--user=root)

unpack_mysql() {
  unpack_debian sid mysql-server-core=9.7.4-2 mysql-client-core=9.7.4-2
  local usr=$work/root/usr
  places=("--basedir=$usr" "--lc-messages-dir=$usr/share/mysql" "--character-sets-dir=$usr/share/mysql/charsets"
    "--plugin-dir=$usr/lib/mysql/plugin" --secure-file-priv=NULL --mysqlx=OFF)
  "$work/bin/mysqld" --no-defaults --initialize-insecure "${places[@]}" "${as_root[@]}" "--datadir=$work/template" \
    --innodb-redo-log-capacity=16M > "$work/bootstrap.log" 2>&1
  rm -f "$work/template/auto.cnf"
  printf '%s\n' > "$work/init.sql" \
    "SET sql_log_bin = 0;" "ALTER USER root@localhost IDENTIFIED BY '$password';" \
    "CREATE USER IF NOT EXISTS follower@127.0.0.1 IDENTIFIED BY '$password';" "GRANT REPLICATION SLAVE ON *.* TO follower@127.0.0.1;" \
    "CREATE DATABASE IF NOT EXISTS d;"
  printf '%s\n' > "$work/client.cnf" '[client]' 'user=root' "password=$password"
  chmod 600 "$work/init.sql" "$work/client.cnf"
}

# start_mysql NAME SERVER_ID OPTION...
start_mysql() {
  local name=$1 id=$2
  shift 2
  [ -n "${ports[$name]:-}" ] || ports[$name]=$(free_port)
  [ -d "$work/$name" ] || { cp -r "$work/template" "$work/$name"; mkdir "$work/$name.tmp"; }
  "$work/bin/mysqld" --no-defaults "${places[@]}" "${as_root[@]}" "--datadir=$work/$name" "--tmpdir=$work/$name.tmp" \
    --bind-address=127.0.0.1 "--port=${ports[$name]}" "--socket=$work/$name.sock" "--pid-file=$work/$name.pid" \
    "--init-file=$work/init.sql" --server-id="$id" --gtid-mode=ON --enforce-gtid-consistency=ON --skip-replica-start \
    --skip-name-resolve --innodb-buffer-pool-size=32M --innodb-redo-log-capacity=16M --innodb-flush-log-at-trx-commit=0 \
    --sync-binlog=0 --performance-schema=ON "$@" > "$work/$name.log" 2>&1 &
  pids+=($!)
  wait_for_server "$name" $! || give_up "mysqld does not start: $(grep -m3 ERROR "$work/$name.log" || true)"
}

# sql NAME STATEMENTS: rows as tab-separated lines without headers.
sql() {
  "$work/bin/mysql" "--defaults-file=$work/client.cnf" "--socket=$work/$1.sock" --no-auto-rehash \
    --batch --skip-column-names --unbuffered --execute "$2"
}
