#!/usr/bin/env bash
# Makes every replica follow the source, waits until it does, and ends. May run again.
set -euo pipefail

here="$(dirname "${BASH_SOURCE[0]}")"
source_host="${TIDEMARK_SOURCE%:*}"
source_port="${TIDEMARK_SOURCE##*:}"

# shellcheck source=container-client.sh
. "$here/container-client.sh"

follow_statements() {
  local statements
  statements="$(<"$here/$TIDEMARK_FLAVOUR-follow.sql")"
  statements="${statements//"{{source_host}}"/"$(quoted "$source_host")"}"
  statements="${statements//"{{source_port}}"/"$source_port"}"
  statements="${statements//"{{replication_user}}"/"$(quoted "$TIDEMARK_REPLICATION_USER")"}"
  statements="${statements//"{{replication_password}}"/"$(quoted "$TIDEMARK_REPLICATION_PASSWORD")"}"
  printf '%s\n' "$statements"
}

# Both threads of a replica run: the one that receives and the one that applies.
follows() {
  local status statement='SHOW SLAVE STATUS'
  if [ "$TIDEMARK_FLAVOUR" = mysql ]; then statement='SHOW REPLICA STATUS'; fi
  status="$(on "$1" --vertical --execute="$statement")"
  [ "$(grep -cE '^ *(Slave|Replica)_(IO|SQL)_Running: Yes$' <<<"$status")" = 2 ]
}

for replica in $TIDEMARK_REPLICAS; do
  follow_statements | on "$replica"
  # MySQL's image sets a server up with its final settings, which it could not if those refused its own writes.
  if [ "$TIDEMARK_FLAVOUR" = mysql ]; then on "$replica" --execute='SET PERSIST super_read_only = ON'; fi
done

for replica in $TIDEMARK_REPLICAS; do
  for ((attempt = 1; ; attempt += 1)); do
    if follows "$replica"; then break; fi
    if ((attempt == 30)); then
      echo "$replica does not follow $TIDEMARK_SOURCE" >&2
      exit 1
    fi
    sleep 1
  done
  echo "$replica follows $TIDEMARK_SOURCE"
done
