#!/usr/bin/env bash
# DO makes a warning of an error in its expression.
#
# Version:  MariaDB 10.11.18, Debian bookworm's packages
# Guess:    DO evaluates like SELECT and only leaves out the rows, so an assertion such as "a subquery of two rows where the
#           session is not as it should be" fails, and with it whatever ran it, as an init statement of a connection.
# So it is: The statement succeeds, with the error as a warning that no client reads. SELECT and SET of the same expression fail. The
#           strict mode changes nothing.
#
# Output seen:
#   SELECT of two rows as one value: error 1242
#   SET of them: error 1242
#   DO of them: succeeds
#   and its warning: Error 1242 Subquery returns more than 1 row
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/finding.sh"
. "$here/lib/debian.sh"
. "$here/lib/mariadb.sh"

unpack_mariadb
start_mariadb source 1
two='(SELECT 1 UNION ALL SELECT 2)'
# outcome SQL: "succeeds", or the number of the error.
outcome() {
  local said
  if said=$(sql source "$1" 2>&1); then echo succeeds; else sed -nE 's/.*ERROR ([0-9]+).*/error \1/p' <<<"$said"; fi
}

see 'SELECT of two rows as one value' "$(outcome "SELECT $two")" 'error 1242'
see 'SET of them' "$(outcome "SET sql_mode = 'STRICT_ALL_TABLES'; SET @one = $two")" 'error 1242'
see 'DO of them' "$(outcome "SET sql_mode = 'STRICT_ALL_TABLES'; DO $two")" succeeds
see 'and its warning' "$(sql source "DO $two; SHOW WARNINGS" | tr '\t' ' ')" 'Error 1242 Subquery returns more than 1 row'
finish 'DO makes a warning of an error'
