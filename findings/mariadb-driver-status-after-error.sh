#!/usr/bin/env bash
# The mariadb driver claims that a transaction is open after every error, also when there is none.
#
# Version:  mariadb 3.5.4 (npm), MariaDB 10.11.18 from Debian bookworm's packages, Node 20 or newer
# Guess:    `connection.info.status` holds the flags that the server sent last, so its bit IN_TRANS (1) tells whether a
#           transaction is open. After a syntax error outside a transaction it is 0; after a deadlock it tells that the server
#           has rolled back, or at worst still what held before.
# So it is: An error packet carries no flags. For each one the driver sets the bit itself, so that a later commit() or
#           rollback() is sent and not left out. Who decides by the bit whether work may go on in the transaction goes on
#           outside of any, with autocommit. Only the answer to a further statement brings the truth.
#
# Output seen:
#   connected: IN_TRANS: 0
#   after a syntax error, no transaction was ever open: IN_TRANS: 1
#   rollback() is sent to the server for it, times: 1
#   the error of a deadlock: 1213
#   after a deadlock that rolled everything back: IN_TRANS: 1
#   the server, asked then: @@in_transaction: 0
#   after that answer: IN_TRANS: 0
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/finding.sh"
. "$here/lib/debian.sh"
. "$here/lib/mariadb.sh"

install_npm mariadb@3.5.4
unpack_mariadb
start_mariadb one 1
cat > "$work/look.js" <<'JS'
import { createConnection } from 'mariadb';

const connect = () =>
  createConnection({ socketPath: process.env.SOCKET, user: 'root', password: process.env.PASSWORD, database: 'd' });
const inTransaction = (connection) => connection.info.status & 1;
const rollbacks = async (connection) => {
  const [row] = await connection.query("SHOW SESSION STATUS LIKE 'Com_rollback'");
  return Number(row.Value);
};

const [one, two] = [await connect(), await connect()];
console.log('connected', inTransaction(one));
const before = await rollbacks(one);
await one.query('SELEC 1').catch(() => undefined);
console.log('syntax', inTransaction(one));
await one.rollback();
console.log('rollbacks', (await rollbacks(one)) - before);

await one.query('CREATE TABLE t (id INT PRIMARY KEY, n INT) ENGINE = InnoDB');
await one.query('INSERT INTO t VALUES (1, 0), (2, 0)');
await Promise.all([one.beginTransaction(), two.beginTransaction()]);
await one.query('UPDATE t SET n = 1 WHERE id = 1');
await two.query('UPDATE t SET n = 1 WHERE id = 2');
const outcome = (connection, promise) => promise.then(() => null, (error) => ({ connection, number: error.errno }));
const outcomes = await Promise.all([
  outcome(one, one.query('UPDATE t SET n = 2 WHERE id = 2')),
  outcome(two, two.query('UPDATE t SET n = 2 WHERE id = 1')),
]);
const { connection: victim, number } = outcomes.find((failed) => failed !== null);
console.log('error', number);
console.log('deadlock', inTransaction(victim));
const [{ open }] = await victim.query('SELECT @@in_transaction AS open');
console.log('asked', Number(open));
console.log('then', inTransaction(victim));
await Promise.all([one.end(), two.end()]);
JS
seen=$(cd "$work" && SOCKET=$work/one.sock PASSWORD=$password node look.js)
of() { awk -v name="$1" '$1 == name { print $2 }' <<< "$seen"; }
see 'connected: IN_TRANS' "$(of connected)" 0
see 'after a syntax error, no transaction was ever open: IN_TRANS' "$(of syntax)" 1
see 'rollback() is sent to the server for it, times' "$(of rollbacks)" 1
see 'the error of a deadlock' "$(of error)" 1213
see 'after a deadlock that rolled everything back: IN_TRANS' "$(of deadlock)" 1
see 'the server, asked then: @@in_transaction' "$(of asked)" 0
see 'after that answer: IN_TRANS' "$(of then)" 0
finish 'mariadb sets IN_TRANS itself on each error packet'
