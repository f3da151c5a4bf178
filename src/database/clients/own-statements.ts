/**
 * Statements that are sent below Prisma's client, for the few that are asked for most: what the client does with one takes
 * several times what the driver takes. They run on the connections that Prisma's run on and under the same rules: routed,
 * observed, captured, mirrored, kept to their transaction. Which ones there are: order-statements.ts.
 */
import type { Statement } from '../../servers/connection.ts';
import { isDriverError, isDuplicate as saysDuplicate, wordOf } from '../../servers/faults.ts';

export type Cell = string | number | bigint | null;
/** `values`: what stands for the question marks, as the server reads it; of moments, see `momentText`. */
export type OwnStatement = {
  readonly sql: string;
  readonly values: readonly Cell[];
  /** Of an insertion: the column that the server numbers. */
  readonly numbered?: string;
};
export type Selecting<Row> = OwnStatement & {
  readonly row: (cells: readonly Cell[]) => Row;
  /** Given where it may be asked for together with others. */
  readonly lookup?: Lookup<Row>;
};
/** How a row can be asked for together with others: `many` is one function for all that can be. */
export type Lookup<Row> = {
  readonly id: bigint;
  readonly many: (ids: readonly bigint[]) => Selecting<Row>;
  readonly idOf: (row: Row) => bigint;
};

export type Written = { readonly affectedRows: number; readonly insertId: bigint };

/** Where they are sent. What the server refuses is an `OwnStatementError`. */
export type OwnStatements = {
  rows<Row>(statement: Selecting<Row>): Promise<Row[]>;
  run(statement: OwnStatement): Promise<Written>;
};

/** The server refused one. Without the driver's words, which hold all the values: an order's parts belong in no log. */
export class OwnStatementError extends Error {
  readonly code: string;
  readonly isDuplicate: boolean;

  constructor(told: unknown, { sql }: OwnStatement) {
    const code = wordOf(told);
    super(`The server answered ${code} to ${sql}`);
    this.code = code;
    this.isDuplicate = saysDuplicate(told);
  }
}

/** Another row has the value already that only one may have. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof OwnStatementError && error.isDuplicate;
}

/** Of a transaction that has no connection. */
export const unconnected: OwnStatements = { rows: refused, run: refused };

async function refused(): Promise<never> {
  throw new Error('This transaction was begun on no connection of the pool');
}

type Sender = { query<T>(sql: Statement, values?: unknown): Promise<T> };

export function ownStatements(sender: Sender): OwnStatements {
  const send = async <T>(statement: OwnStatement) => {
    const { sql, values, numbered } = statement;
    try {
      return await sender.query<T>({ sql, rowsAsArray: true, dateStrings: true, numbered }, values);
    } catch (error) {
      throw isDriverError(error) ? new OwnStatementError(error, statement) : error;
    }
  };
  return {
    rows: async (statement) => (await send<Cell[][]>(statement)).map(statement.row),
    run: async (statement) => {
      const { affectedRows, insertId } = await send<{ affectedRows: number; insertId: number | bigint }>(statement);
      return { affectedRows, insertId: BigInt(insertId) };
    },
  };
}

/** A moment as a DATETIME(3) of UTC, which is what sessions count in. */
export function momentText(moment: Date): string {
  return moment.toISOString().slice(0, -1).replace('T', ' ');
}

/** Throws for what is no moment, such as the 0000-00-00 of servers that are not strict. */
export function parseMoment(text: string): Date {
  const moment = new Date(`${text.replace(' ', 'T')}Z`);
  if (Number.isNaN(moment.getTime())) throw new RangeError(`${text} is no moment`);
  return moment;
}
