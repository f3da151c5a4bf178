# Database and accounts of one node, from the same statements as everywhere else.
# The entrypoint of the official images reads this file into its own shell at the first start of a server, and gives it
# docker_process_sql.

tidemark_statements() {
  local statements name value
  statements="$(<"${TIDEMARK_STATEMENTS:-/tidemark}/$TIDEMARK_FLAVOUR-accounts.sql")"
  if [ "${TIDEMARK_TOPOLOGY:-replication}" = group ]; then
    statements+=$'\n'"$(<"${TIDEMARK_STATEMENTS:-/tidemark}/$TIDEMARK_FLAVOUR-member-accounts.sql")"
  fi
  for name in app_user app_password admin_user admin_password replication_user replication_password; do
    value="TIDEMARK_${name^^}"
    value="${!value//\\/\\\\}"
    value="'${value//\'/\'\'}'"
    statements="${statements//"{{$name}}"/"$value"}"
  done
  # The other containers have addresses that nobody knows beforehand.
  value="'%'"
  statements="${statements//"{{account_host}}"/"$value"}"
  printf '%s\n' "$statements"
}

tidemark_statements | docker_process_sql

# Nothing that happened while this server was set up may be a transaction that the other servers lack.
if [ "$TIDEMARK_FLAVOUR" = mysql ]; then
  echo 'RESET BINARY LOGS AND GTIDS' | docker_process_sql
else
  echo 'RESET MASTER' | docker_process_sql
fi
