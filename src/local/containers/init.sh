# Database and accounts of one node, from the same statements as everywhere else.
# The entrypoint of the official images reads this file into its own shell at the first start of a server, and gives it
# docker_process_sql.

tidemark_folder="${TIDEMARK_SERVERS:-/tidemark/servers}/$TIDEMARK_FLAVOUR/local"
. "$tidemark_folder/words.sh"

tidemark_statements() {
  local statements name value
  statements="$(<"$tidemark_folder/accounts.sql")"
  if [ "${TIDEMARK_TOPOLOGY:-replication}" = group ]; then
    statements+=$'\n'"$(<"$tidemark_folder/member-accounts.sql")"
  fi
  for name in app_user app_password admin_user admin_password replication_user replication_password; do
    value="TIDEMARK_${name^^}"
    value="${!value//\\/\\\\}"
    value="'${value//\'/\'\'}'"
    statements="${statements//"{{$name}}"/"$value"}"
  done
  # The other containers have addresses that are not known in advance.
  value="'%'"
  statements="${statements//"{{account_host}}"/"$value"}"
  printf '%s\n' "$statements"
}

tidemark_statements | docker_process_sql

# No transaction of this server's setup may be one that the other servers lack.
printf '%s\n' "$forget_setup" | docker_process_sql
