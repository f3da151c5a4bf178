# What the scripts of docker-compose.yml say to PostgreSQL. Read by them, not run.

# Runs psql on the server at an address, as the administrator. Statements come by its input, or as an argument.
on() {
  local address="$1"
  shift
  PGPASSWORD="$TIDEMARK_ADMIN_PASSWORD" PGCONNECT_TIMEOUT=5 psql --no-psqlrc --quiet --no-align --tuples-only \
    --set=ON_ERROR_STOP=1 --host="${address%:*}" --port="${address##*:}" --username="$TIDEMARK_ADMIN_USER" \
    --dbname=orders "$@"
}

# One value from one server; nothing if it does not answer, or has no such table yet.
value() {
  on "$1" --command="$2" 2>/dev/null || true
}

# As the table of promotions names it.
identity() {
  value "$1" "SELECT system_identifier || '@' || current_setting('cluster_name') || ':' || current_setting('port')
    FROM pg_control_system()"
}

name_of() {
  value "$1" "SELECT current_setting('cluster_name')"
}

literal() {
  printf "'%s'" "${1//\'/\'\'}"
}

# Slots have names of small letters, digits and underscores.
slot() {
  local name="${1,,}"
  printf '%s' "${name//[^a-z0-9]/_}"
}

make_slot() {
  on "$1" --command="SELECT pg_create_physical_replication_slot('$2', true)
    WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = '$2')" >/dev/null
}

# How a standby finds its source. The password is in a file of its data folder, in which it runs.
connection_info() {
  printf "host='%s' port='%s' user='%s' passfile='replication.pgpass'" \
    "${1%:*}" "${1##*:}" "$TIDEMARK_REPLICATION_USER"
}

# Makes the standby at an address follow the source at another one. It began with a copy of a source's data.
follow() {
  local slot
  slot="$(slot "$(name_of "$1")")"
  make_slot "$2" "$slot"
  on "$1" <<SQL
ALTER SYSTEM SET primary_conninfo = $(literal "$(connection_info "$2")");
ALTER SYSTEM SET primary_slot_name = '$slot';
SELECT FROM pg_reload_conf();
SQL
}

# Whether a standby receives what its source writes.
follows() {
  [ "$(value "$1" "SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming'")" = 1 ]
}

# For a primary that is one no longer: it refuses writes, and has to be made a standby before it can follow.
refuse_writes() {
  on "$1" <<'SQL'
ALTER SYSTEM SET default_transaction_read_only = on;
SELECT FROM pg_reload_conf();
SQL
}

# Lets a server accept writes, which one of the others acknowledges. Each watches for itself whether one is there.
lead() {
  local server name names=''
  for server in $TIDEMARK_SOURCE $TIDEMARK_REPLICAS; do
    if [ "$server" = "$1" ]; then continue; fi
    name="$(name_of "$server")"
    if [ -z "$name" ]; then continue; fi
    make_slot "$1" "$(slot "$name")"
    names+="${names:+, }\"$name\""
  done
  on "$1" <<SQL
ALTER SYSTEM RESET default_transaction_read_only;
ALTER SYSTEM SET synchronous_standby_names = $(literal "${names:+ANY 1 ($names)}");
SELECT FROM pg_reload_conf();
SQL
}

# As the application does it: over TCP, with its account, in its database. A server that still sets itself up is not there.
is_there() {
  PGPASSWORD="$TIDEMARK_APP_PASSWORD" psql --no-psqlrc --quiet --no-align --tuples-only --host=127.0.0.1 --port="${PGPORT:-5432}" \
    --username="$TIDEMARK_APP_USER" --dbname=orders --command='SELECT count(*) FROM pg_catalog.pg_tables'
}

# Starts the server of a container by the image's own script.
serve() {
  local name="$1" role="$3" server others=()
  if [ "$role" = replica ] && [ ! -s "$PGDATA/PG_VERSION" ]; then begin_as_copy "$name"; fi
  for server in $TIDEMARK_SOURCE $TIDEMARK_REPLICAS; do
    if [ "${server%:*}" != "$name" ]; then others+=("${server%:*}"); fi
  done
  if [ "$role" != backup ]; then bash "$statements/watch.sh" "${others[@]}" & fi
  exec docker-entrypoint.sh postgres -c "cluster_name=$name" -c 'listen_addresses=*'
}

# The first start of a standby waits until its source has set itself up.
begin_as_copy() {
  local name="$1" source="$TIDEMARK_SOURCE"
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA"
  if [ "$(id -u)" = 0 ]; then chown postgres "$PGDATA"; fi
  until make_slot "$source" "$(slot "$name")" 2>/dev/null && copy "$source"; do
    echo "$name waits for $source"
    sleep 1
  done
  {
    printf 'primary_conninfo = %s\n' "$(literal "$(connection_info "$source")")"
    printf "primary_slot_name = '%s'\n" "$(slot "$name")"
  } >>"$PGDATA/postgresql.auto.conf"
  touch "$PGDATA/standby.signal"
  if [ "$(id -u)" = 0 ]; then chown postgres "$PGDATA/standby.signal" "$PGDATA/postgresql.auto.conf"; fi
}

# With everything in its data folder, the password file too. Nothing is left of a copy that broke off.
copy() {
  local as=()
  if [ "$(id -u)" = 0 ]; then as=(gosu postgres); fi
  PGPASSWORD="$TIDEMARK_REPLICATION_PASSWORD" "${as[@]}" pg_basebackup --pgdata="$PGDATA" --host="${1%:*}" \
    --port="${1##*:}" --username="$TIDEMARK_REPLICATION_USER" --no-password --checkpoint=fast --wal-method=stream
}

# Statements of a file, with values as identifiers and as literals.
filled() {
  local text name value
  text="$(<"$statements/$1.sql")"
  for name in app_user app_password admin_user admin_password replication_user replication_password; do
    value="TIDEMARK_${name^^}"
    text="${text//"\"{{$name}}\""/"\"${!value//\"/\"\"}\""}"
    text="${text//"'{{$name}}'"/"$(literal "${!value}")"}"
  done
  printf '%s\n' "$text"
}

# At the first start, in the shell of the image's script, which gives docker_process_sql.
set_up() {
  filled accounts | docker_process_sql --dbname=postgres
  filled rights | docker_process_sql --dbname=orders
  printf "include = '%s/server.cnf'\n" "$statements" >>"$PGDATA/postgresql.conf"
  # The other containers have addresses that are not known in advance.
  cat >"$PGDATA/pg_hba.conf" <<HBA
local all postgres peer
host orders "$TIDEMARK_APP_USER" all scram-sha-256
host all,replication "$TIDEMARK_ADMIN_USER" all scram-sha-256
host orders,replication "$TIDEMARK_REPLICATION_USER" all scram-sha-256
HBA
  local password="${TIDEMARK_REPLICATION_PASSWORD//\\/\\\\}"
  (umask 077 && printf '*:*:*:%s:%s\n' "$TIDEMARK_REPLICATION_USER" "${password//:/\\:}" >"$PGDATA/replication.pgpass")
}
