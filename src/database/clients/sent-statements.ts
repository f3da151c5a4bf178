/** How single statements are classified and sent. */
import { type PooledConnection, type Statement, textOf } from '../../servers/connection.ts';
import type { Dialect } from '../../servers/dialect.ts';
import { certainRefusals, type DriverFault } from '../../servers/driver-fault.ts';
import type { Flavour } from '../../servers/flavour.ts';

export type Sending = 'query' | 'execute';
/** The part of a connection that the adapter uses. */
export type UsedConnection = Pick<PooledConnection, 'query' | 'execute' | 'on' | 'off' | 'release' | 'end'> & {
  /** Of the server at the other end. */
  readonly flavour: () => Flavour;
};
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
export function safely(dialect: Pick<Dialect, 'mayHoldSeveral'>, how: Sending, sql: Statement): Sending {
  return dialect.mayHoldSeveral(textOf(sql)) ? 'execute' : how;
}

export function answersArrays(sql: Statement): boolean {
  return typeof sql !== 'string' && sql.rowsAsArray === true;
}

/** Errs towards yes: asking for a position after a read is only a wasted statement. */
export function isWrite(sql: string): boolean {
  return !/^\s*(SELECT|SHOW|SET|EXPLAIN|DESCRIBE)\b/i.test(sql);
}
