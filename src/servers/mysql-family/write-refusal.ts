/**
 * Why a server would refuse the application's writes: the variables that cause it. A server that is read-only by any of them
 * counts as read-only even for an account that may still write: an administrator set it to keep writes out.
 * `transaction_read_only` is not one of them: it is only a default for sessions, and ours are set to write.
 */
import { type Row, textOf } from '../rows.ts';

/** A column of a SELECT: the names of those that are on. Some are numbers and some words, depending on the version. */
export function refusedByColumn(names: readonly string[]): string {
  const each = names.map((name) => `IF(@@GLOBAL.${name} IN ('0', 'OFF'), NULL, '${name}')`);
  return `CONCAT_WS(',', ${each.join(', ')}) AS refusedBy`;
}

export function refusedByOf(row: Row): readonly string[] {
  return textOf(row, 'refusedBy')
    .split(',')
    .filter((name) => name !== '');
}
