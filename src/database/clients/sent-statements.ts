/** How single statements are told apart and sent. */
import type { PoolConnection } from 'mariadb';
import { certainRefusals, type DriverFault } from '../../servers/mysql-family/driver-fault.ts';
import { mayHoldSeveral, type Statement, textOf } from '../../servers/mysql-family/joined-statements.ts';

export type Sending = 'query' | 'execute';
/** The part of a connection that the adapter uses. */
export type UsedConnection = Pick<PoolConnection, 'query' | 'execute' | 'on' | 'off' | 'release' | 'end'>;
/** A single write, made a transaction so that something can go with it. */
export async function inTransaction<T>(
  connection: UsedConnection,
  work: (connection: UsedConnection) => Promise<T>,
): Promise<T> {
  await connection.query('BEGIN');
  try {
    const answer = await work(connection);
    await connection.query('COMMIT');
    return answer;
  } catch (error) {
    await connection.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

export function withText(statement: Statement, text: string): Statement {
  return typeof statement === 'string' ? text : { ...statement, sql: text };
}

/** A single statement that was refused wrote nothing; of a COMMIT that is only sure after `certainRefusals`. */
export const refusalsOfStatements: ReadonlySet<DriverFault> = new Set([
  ...certainRefusals,
  'STATEMENT_TIMEOUT',
  'UNABLE',
  'ABSENT',
  'VALUE',
  'OTHER',
] as const);

/** How a statement is sent so that it can be only one. */
export function safely(how: Sending, sql: Statement): Sending {
  return mayHoldSeveral(textOf(sql)) ? 'execute' : how;
}

export function answersArrays(sql: Statement): boolean {
  return typeof sql !== 'string' && sql.rowsAsArray === true;
}

/** Errs towards yes: asking for a position after a read is only a wasted statement. */
export function isWrite(sql: string): boolean {
  return !/^\s*(SELECT|SHOW|SET|EXPLAIN|DESCRIBE)\b/i.test(sql);
}
