/**
 * Why a server would refuse the application's writes: the variables that say so. A server that is read-only by any of them is
 * one, also for an account that it would let through: whoever set it wants no writes there. `transaction_read_only` is none of
 * them: it is what sessions begin with, and ours are set to write.
 */
import { type Row, textOf } from '../server-statements.ts';

const refusals = {
  // What keeps a reader of a storage that several servers share from writing is innodb_read_only alone.
  mariadb: { read_only: 'read_only', innodb_read_only: 'innodb_read_only' },
  mysql: {
    read_only: 'read_only',
    super_read_only: 'super_read_only',
    innodb_read_only: 'innodb_read_only',
    offline_mode: 'offline_mode',
  },
} as const;

/** A column of a SELECT: the names of those that are on. Some are numbers and some words, depending on the version. */
export function refusedByColumn(flavour: keyof typeof refusals): string {
  const names = Object.keys(refusals[flavour]);
  const each = names.map((name) => `IF(@@GLOBAL.${name} IN ('0', 'OFF'), NULL, '${name}')`);
  return `CONCAT_WS(',', ${each.join(', ')}) AS refusedBy`;
}

export function refusedByOf(row: Row): readonly string[] {
  return textOf(row, 'refusedBy')
    .split(',')
    .filter((name) => name !== '');
}
