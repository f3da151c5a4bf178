# What the scripts of docker-compose.yml say to servers of MySQL's family. Read by them, not run.

quoted() {
  local value="${1//\\/\\\\}"
  printf "'%s'" "${value//\'/\'\'}"
}

# Runs a client on the server at an address, as the administrator. Statements come by its input, or as an argument.
on() {
  local address="$1"
  shift
  MYSQL_PWD="$TIDEMARK_ADMIN_PASSWORD" "$client_program" --no-defaults --protocol=tcp \
    --host="${address%:*}" --port="${address##*:}" --user="$TIDEMARK_ADMIN_USER" "$@"
}

# One value from one server; nothing if it has no such table yet.
value() {
  on "$1" --database=orders --batch --skip-column-names --execute="$2" 2>/dev/null || true
}

identity() {
  value "$1" "$identity_question"
}

# Makes the server at an address follow the source at another one.
follow() {
  local text
  text="$(<"$statements/follow.sql")"
  text="${text//"{{source_host}}"/"$(quoted "${2%:*}")"}"
  text="${text//"{{source_port}}"/"${2##*:}"}"
  text="${text//"{{replication_user}}"/"$(quoted "$TIDEMARK_REPLICATION_USER")"}"
  text="${text//"{{semi_sync}}"/1}"
  text="${text//"{{replication_password}}"/"$(quoted "$TIDEMARK_REPLICATION_PASSWORD")"}"
  printf '%s\n' "$text" | on "$1"
  # MySQL's image sets a server up with its final settings, which it could not if those refused its own writes.
  refuse_writes "$1"
}

# Whether both threads of a replica run: the one that receives and the one that applies.
follows() {
  local status
  status="$(on "$1" --vertical --execute="$replication_status")"
  [ "$(grep -cE '^ *(Slave|Replica)_(IO|SQL)_Running: Yes$' <<<"$status")" = 2 ]
}

refuse_writes() {
  on "$1" --execute="$refusal"
}

# Lets a server accept writes, which the others acknowledge.
lead() {
  local text
  text="$(<"$statements/lead.sql")"
  printf '%s\n' "${text//"{{semi_sync}}"/1}" | on "$1"
}

# As the application does it: over TCP, with its account, in its database. A server that still sets itself up is not there.
is_there() {
  MYSQL_PWD="$TIDEMARK_APP_PASSWORD" "$client_program" --no-defaults --protocol=tcp --host=127.0.0.1 --port=3306 \
    --user="$TIDEMARK_APP_USER" --database=orders --batch --skip-column-names \
    --execute='SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()'
}

# Starts the server of a container by the image's own script.
serve() {
  local options=("--server-id=$2" "--report-host=$1")
  case "$3" in
    source) options+=(--loose-rpl-semi-sync-master-enabled=ON) ;;
    replica) options+=(--read-only=ON --loose-rpl-semi-sync-slave-enabled=ON) ;;
  esac
  exec docker-entrypoint.sh "${options[@]}"
}

# At the first start, in the shell of the image's script, which gives docker_process_sql.
set_up() {
  local text name value
  text="$(<"$statements/accounts.sql")"
  if [ "${TIDEMARK_TOPOLOGY:-replication}" = group ]; then
    text+=$'\n'"$(<"$statements/member-accounts.sql")"
  fi
  for name in app_user app_password admin_user admin_password replication_user replication_password; do
    value="TIDEMARK_${name^^}"
    text="${text//"{{$name}}"/"$(quoted "${!value}")"}"
  done
  # The other containers have addresses that are not known in advance.
  text="${text//"{{account_host}}"/"'%'"}"
  printf '%s\n' "$text" | docker_process_sql
  # No transaction of this server's setup may be one that the other servers lack.
  printf '%s\n' "$forget_setup" | docker_process_sql
}
