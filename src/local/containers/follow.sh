#!/usr/bin/env bash
# Makes every replica follow the source, waits until it does, makes the source writable, and exits. Repeatable: after a
# failover it makes only the new source writable, and changes nothing about which server follows which.
set -euo pipefail

here="$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=client.sh
. "$here/client.sh"

newest_epoch=1
source_id=''
for server in $TIDEMARK_SOURCE $TIDEMARK_REPLICAS; do
  epoch="$(value "$server" 'SELECT MAX(epoch) FROM cluster_epochs')"
  if [[ "$epoch" =~ ^[0-9]+$ ]] && ((epoch > newest_epoch)); then
    newest_epoch="$epoch"
    source_id="$(value "$server" 'SELECT source_id FROM cluster_epochs ORDER BY epoch DESC LIMIT 1')"
  fi
done

leader="$TIDEMARK_SOURCE"
for server in $TIDEMARK_REPLICAS; do
  id="$(identity "$server")"
  if [ -n "$source_id" ] && [ -n "$id" ] && [[ "$source_id" == "$id"* ]]; then leader="$server"; fi
done

if [ "$leader" != "$TIDEMARK_SOURCE" ]; then
  for server in $TIDEMARK_SOURCE $TIDEMARK_REPLICAS; do
    if [ "$server" != "$leader" ]; then refuse_writes "$server"; fi
  done
  lead "$leader"
  echo "$leader leads since epoch $newest_epoch"
  exit 0
fi

for replica in $TIDEMARK_REPLICAS; do
  follow "$replica" "$TIDEMARK_SOURCE"
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

lead "$TIDEMARK_SOURCE"
