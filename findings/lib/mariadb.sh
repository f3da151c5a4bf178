# MariaDB servers on loopback, each with an empty data directory. Needs finding.sh and debian.sh.

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
declare -A ports=()
as_root=()
[ "$(id -u)" -ne 0 ] || as_root=(--user=root)

# unpack_mariadb PACKAGE=VERSION...: further packages besides server and client.
unpack_mariadb() {
  unpack_debian bookworm mariadb-server-core=1:10.11.18-0+deb12u1 mariadb-client-core=1:10.11.18-0+deb12u1 "$@"
  local usr=$work/root/usr share=$work/root/usr/share/mysql
  places=("--basedir=$usr" "--lc-messages-dir=$share" "--character-sets-dir=$share/charsets" "--plugin-dir=$usr/lib/mysql/plugin")
  mkdir "$work/template"
  {
    # One statement a line is what the server reads here.
    printf '%s\n' 'CREATE DATABASE mysql;' 'USE mysql;' 'SET @auth_root_socket = NULL;' 'SET @skip_auth_anonymous = 1;'
    cat "$share/mysql_system_tables.sql" "$share/mysql_performance_tables.sql" "$share/mysql_system_tables_data.sql"
  } | "$work/bin/mariadbd" --no-defaults --bootstrap "${places[@]}" "${as_root[@]}" "--datadir=$work/template" \
    "--tmpdir=$work" --innodb-log-file-size=16M > "$work/bootstrap.log" 2>&1
  printf '%s\n' > "$work/init.sql" \
    "SET sql_log_bin = 0;" "ALTER USER root@localhost IDENTIFIED BY '$password';" \
    "CREATE USER IF NOT EXISTS follower@127.0.0.1 IDENTIFIED BY '$password';" "GRANT REPLICATION SLAVE ON *.* TO follower@127.0.0.1;" \
    "CREATE DATABASE IF NOT EXISTS d;"
  printf '%s\n' > "$work/client.cnf" '[client]' 'user=root' "password=$password"
  chmod 600 "$work/init.sql" "$work/client.cnf"
}

# start_mariadb NAME SERVER_ID OPTION...: with a binary log; as before when its data is there.
start_mariadb() {
  local name=$1 id=$2
  shift 2
  [ -n "${ports[$name]:-}" ] || ports[$name]=$(free_port)
  [ -d "$work/$name" ] || { cp -r "$work/template" "$work/$name"; mkdir "$work/$name.tmp"; }
  "$work/bin/mariadbd" --no-defaults "${places[@]}" "${as_root[@]}" "--datadir=$work/$name" "--tmpdir=$work/$name.tmp" \
    --bind-address=127.0.0.1 "--port=${ports[$name]}" "--socket=$work/$name.sock" "--pid-file=$work/$name.pid" \
    "--init-file=$work/init.sql" --server-id="$id" --log-bin=log --log-slave-updates --skip-slave-start \
    --skip-name-resolve --innodb-buffer-pool-size=32M --innodb-log-file-size=16M --innodb-flush-log-at-trx-commit=0 \
    "$@" > "$work/$name.log" 2>&1 &
  pids+=($!)
  wait_for_server "$name" $! || give_up "mariadbd does not start: $(grep -m3 ERROR "$work/$name.log" || true)"
}

# sql NAME STATEMENTS: rows as tab-separated lines without headers.
sql() {
  "$work/bin/mariadb" "--defaults-file=$work/client.cnf" "--socket=$work/$1.sock" "--character-sets-dir=$work/root/usr/share/mysql/charsets" \
    --batch --skip-column-names --unbuffered --execute "$2"
}

# follow REPLICA SOURCE no|slave_pos: from the beginning of the source's log.
follow() {
  local place=
  [ "$3" = slave_pos ] || place=", MASTER_LOG_FILE = 'log.000001', MASTER_LOG_POS = 4"
  sql "$1" "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${ports[$2]}, MASTER_USER = 'follower',
    MASTER_PASSWORD = '$password', MASTER_CONNECT_RETRY = 1, MASTER_USE_GTID = $3 $place; START SLAVE"
}

# slave_status NAME COLUMN
slave_status() {
  "$work/bin/mariadb" "--defaults-file=$work/client.cnf" "--socket=$work/$1.sock" --vertical --execute 'SHOW SLAVE STATUS' |
    awk -v name="$2:" '$1 == name { print $2 }'
}
