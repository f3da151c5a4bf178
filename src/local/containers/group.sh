#!/usr/bin/env bash
# Forms the replication group, waits until it is formed, and exits. Repeatable at any time.
#
#   a member is the primary   the others join it
#   no member is              all must answer: the one that has every transaction of the others starts the group
set -euo pipefail

here="$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=client.sh
. "$here/client.sh"
read -r -a members <<<"$TIDEMARK_MEMBERS"
places=performance_schema.replication_group_members

ask() {
  local member="$1"
  shift
  on "$member" --batch --skip-column-names --execute="$*" | tr -d '\n'
}

# ONLINE PRIMARY, ONLINE SECONDARY, RECOVERING, OFFLINE, ...; ALONE for a member that sees no majority.
place() {
  ask "$1" "SELECT IF((SELECT SUM(IF(MEMBER_STATE IN ('ONLINE', 'RECOVERING'), 1, -1)) < 1 FROM $places)
    AND MEMBER_STATE = 'ONLINE', 'ALONE', CONCAT_WS(' ', MEMBER_STATE, MEMBER_ROLE)) FROM $places
    WHERE MEMBER_ID = @@server_uuid"
}

held() {
  ask "$1" "SELECT REPLACE(CONCAT_WS(',', @@GLOBAL.gtid_executed, (SELECT NULLIF(RECEIVED_TRANSACTION_SET, '')
    FROM performance_schema.replication_connection_status WHERE CHANNEL_NAME = 'group_replication_applier')), CHAR(10), '')"
}

introduce() {
  local text
  text="$(<"$statements/member.sql")"
  text="${text//"{{group_name}}"/"$(quoted "$TIDEMARK_GROUP_NAME")"}"
  text="${text//"{{local_address}}"/"$(quoted "$1")"}"
  text="${text//"{{group_seeds}}"/"$(quoted "${TIDEMARK_MEMBERS// /,}")"}"
  text="${text//"{{replication_user}}"/"$(quoted "$TIDEMARK_REPLICATION_USER")"}"
  text="${text//"{{replication_password}}"/"$(quoted "$TIDEMARK_REPLICATION_PASSWORD")"}"
  printf '%s\n' "$text" | on "$1"
}

most_advanced() {
  local candidate other has_all
  for candidate in "${members[@]}"; do
    has_all=1
    for other in "${members[@]}"; do
      [ "$(ask "$candidate" "SELECT GTID_SUBSET('$(held "$other")', '$(held "$candidate")')")" = 1 ] || has_all=0
    done
    if [ "$has_all" = 1 ]; then
      printf '%s' "$candidate"
      return
    fi
  done
  echo 'no member has the transactions of all the others, so none may start the group' >&2
  return 1
}

for ((attempt = 1; ; attempt += 1)); do
  online=0 outside=() primary=''
  for member in "${members[@]}"; do
    place="$(place "$member")"
    case "$place" in
      'ONLINE PRIMARY') online=$((online + 1)) primary="$member" ;;
      'ONLINE SECONDARY') online=$((online + 1)) ;;
      ERROR* | OFFLINE* | '') outside+=("$member") ;;
    esac
  done
  if [ "$online" = "${#members[@]}" ] && [ -n "$primary" ]; then break; fi
  if ((attempt == 60)); then
    echo "the group does not come together: only $online of ${#members[@]} are in it" >&2
    exit 1
  fi
  if [ -n "$primary" ]; then
    for member in ${outside[@]+"${outside[@]}"}; do
      # Refused while the group still counts the member's previous incarnation: the next round retries.
      { introduce "$member" && on "$member" <"$statements/join.sql"; } || true
    done
  elif [ "${#outside[@]}" = "${#members[@]}" ]; then
    first="$(most_advanced)"
    for member in "${members[@]}"; do introduce "$member"; done
    on "$first" <"$statements/bootstrap.sql"
  fi
  sleep 1
done

# From now on a member that restarts rejoins on its own.
for member in "${members[@]}"; do
  on "$member" --execute='SET PERSIST group_replication_start_on_boot = ON'
done
echo "the group is whole, $primary is its primary"
