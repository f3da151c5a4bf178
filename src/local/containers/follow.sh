#!/usr/bin/env bash
# Makes every replica follow the source, waits until it does, makes the source writable, and exits. Repeatable: after a
# failover it makes only the new source writable, and changes nothing about which server follows which.
set -euo pipefail

here="$(dirname "${BASH_SOURCE[0]}")"
source_host="${TIDEMARK_SOURCE%:*}"
source_port="${TIDEMARK_SOURCE##*:}"

# shellcheck source=client.sh
. "$here/client.sh"

follow_statements() {
  local text
  text="$(<"$statements/follow.sql")"
  text="${text//"{{source_host}}"/"$(quoted "$source_host")"}"
  text="${text//"{{source_port}}"/"$source_port"}"
  text="${text//"{{replication_user}}"/"$(quoted "$TIDEMARK_REPLICATION_USER")"}"
  text="${text//"{{semi_sync}}"/1}"
  text="${text//"{{replication_password}}"/"$(quoted "$TIDEMARK_REPLICATION_PASSWORD")"}"
  printf '%s\n' "$text"
}

# Whether both threads of a replica run: the one that receives and the one that applies.
follows() {
  local status
  status="$(on "$1" --vertical --execute="$replication_status")"
  [ "$(grep -cE '^ *(Slave|Replica)_(IO|SQL)_Running: Yes$' <<<"$status")" = 2 ]
}

lead_statements() {
  local text
  text="$(<"$statements/lead.sql")"
  printf '%s\n' "${text//"{{semi_sync}}"/1}"
}

refuse_writes() {
  on "$1" --execute="$refusal"
}

# One value from one server; nothing if it has no such table yet.
value() {
  on "$1" --batch --skip-column-names --execute="$2" 2>/dev/null || true
}

newest_epoch=1
source_id=''
for server in $TIDEMARK_SOURCE $TIDEMARK_REPLICAS; do
  epoch="$(value "$server" 'SELECT MAX(epoch) FROM orders.cluster_epochs')"
  if [[ "$epoch" =~ ^[0-9]+$ ]] && ((epoch > newest_epoch)); then
    newest_epoch="$epoch"
    source_id="$(value "$server" 'SELECT source_id FROM orders.cluster_epochs ORDER BY epoch DESC LIMIT 1')"
  fi
done

leader="$TIDEMARK_SOURCE"
for server in $TIDEMARK_REPLICAS; do
  id="$(value "$server" "$identity")"
  if [ -n "$source_id" ] && [[ "$source_id" == "$id"* ]]; then leader="$server"; fi
done

if [ "$leader" != "$TIDEMARK_SOURCE" ]; then
  for server in $TIDEMARK_SOURCE $TIDEMARK_REPLICAS; do
    if [ "$server" != "$leader" ]; then refuse_writes "$server"; fi
  done
  lead_statements | on "$leader"
  echo "$leader leads since epoch $newest_epoch"
  exit 0
fi

for replica in $TIDEMARK_REPLICAS; do
  follow_statements | on "$replica"
  # MySQL's image sets a server up with its final settings, which it could not if those refused its own writes.
  refuse_writes "$replica"
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

lead_statements | on "$TIDEMARK_SOURCE"
