import type { Client, QueryArrayConfig, QueryResult } from 'pg';
import type { Connection, PooledConnection, Statement, StatementOptions } from '../connection.ts';
import { RolledBackError, withCode } from './lost-connection.ts';
import { numbered } from './placeholders.ts';
import { type ValueTypes, valueTypes } from './values.ts';

/** A statement of Prisma: its values are counted already, unless the house has changed its `text`, and its answer is the driver's own. */
export type NativeStatement = StatementOptions & {
  readonly native: { readonly types: ValueTypes; readonly text: string };
};

const isNative = (statement: Statement): statement is NativeStatement =>
  typeof statement !== 'string' && 'native' in statement;

/** What the driver keeps of a connection, and its types leave out. */
type Inner = {
  readonly connection: { readonly stream: { cork(): void; uncork(): void; destroy(error?: Error): void } };
  readonly processID: number | null;
  getTransactionStatus(): 'I' | 'T' | 'E' | null;
};
const innerOf = (client: object): Inner => client as unknown as Inner;

const rowsPerFetch = 500;
const cursor = 'tidemark_rows';

/** `client` was made with `pipeline: true`: statements are sent without waiting, and answered in their order. */
export class PostgresqlConnection implements Connection {
  readonly client: Client;
  #corked = false;

  constructor(client: Client) {
    this.client = client;
  }

  /** The server's number of the session; `null` before it has greeted. */
  get session(): number | null {
    return innerOf(this.client).processID;
  }

  /** `I`: none is open, `T`: one is, `E`: one is that has failed. As of the last answer. */
  get transaction(): 'I' | 'T' | 'E' | null {
    return innerOf(this.client).getTransactionStatus();
  }

  query<T>(statement: Statement, values?: unknown): Promise<T> {
    return this.#send<T>(statement, values, {});
  }

  execute<T>(statement: Statement, values?: unknown): Promise<T> {
    return this.#send<T>(statement, values, { queryMode: 'extended' });
  }

  async #send<T>(statement: Statement, values: unknown, how: { readonly queryMode?: 'extended' }): Promise<T> {
    const options: StatementOptions = typeof statement === 'string' ? { sql: statement } : statement;
    this.#cork();
    try {
      if (isNative(statement)) {
        const given = (values as unknown[] | undefined) ?? [];
        const isAsGiven = statement.sql === statement.native.text;
        const { text, values: flat } = isAsGiven
          ? { text: statement.sql, values: given }
          : numbered(statement.sql, given);
        const config = { ...how, text, values: [...flat] };
        const types = statement.native.types as QueryArrayConfig['types'];
        const rowMode = statement.rowsAsArray === true ? { rowMode: 'array' as const } : {};
        return (await this.client.query({ ...config, ...rowMode, types } as QueryArrayConfig)) as T;
      }
      const { text, values: flat } = numbered(options.sql, values);
      const returning = options.numbered === undefined ? '' : ` RETURNING "${options.numbered.replaceAll('"', '""')}"`;
      const result = await this.client.query({
        ...how,
        text: text + returning,
        values: [...flat],
        types: valueTypes(options),
        ...(options.rowsAsArray === true && { rowMode: 'array' }),
      } as QueryArrayConfig);
      return answerOf(result, options) as T;
    } catch (error) {
      throw withCode(error);
    }
  }

  /** What is sent in one turn goes in one packet. */
  #cork(): void {
    if (this.#corked) return;
    const { stream } = innerOf(this.client).connection;
    this.#corked = true;
    stream.cork();
    process.nextTick(() => {
      this.#corked = false;
      stream.uncork();
    });
  }

  /** Within the transaction that is open, or one of its own. */
  async *queryStream(statement: Statement): AsyncIterable<unknown> {
    const options: StatementOptions = typeof statement === 'string' ? { sql: statement } : statement;
    const isAlone = this.transaction === 'I';
    if (isAlone) await this.query('BEGIN READ ONLY');
    let isWhole = false;
    try {
      await this.query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${options.sql}`);
      for (;;) {
        const rows = await this.query<unknown[]>({ ...options, sql: `FETCH ${rowsPerFetch} FROM ${cursor}` });
        yield* rows;
        if (rows.length < rowsPerFetch) break;
      }
      await this.query(`CLOSE ${cursor}`);
      isWhole = true;
    } finally {
      if (isAlone) await this.query(isWhole ? 'COMMIT' : 'ROLLBACK').catch(() => undefined);
    }
  }

  async ping(): Promise<void> {
    await this.query('SELECT');
  }

  async end(): Promise<void> {
    await this.client.end();
  }

  destroy(): void {
    innerOf(this.client).connection.stream.destroy();
  }

  on(event: 'error' | 'end', listener: ((error: Error) => void) | (() => void)): this {
    this.client.on(event as 'error', listener);
    return this;
  }

  off(event: 'error' | 'end', listener: ((error: Error) => void) | (() => void)): this {
    this.client.off(event as 'error', listener);
    return this;
  }
}

/** A connection that is returned to its pool. */
export class PostgresqlPooledConnection extends PostgresqlConnection implements PooledConnection {
  readonly #giveBack: (isBroken: boolean) => void;
  #isGivenBack = false;

  constructor(client: Client, giveBack: (isBroken: boolean) => void) {
    super(client);
    this.#giveBack = giveBack;
  }

  async release(): Promise<void> {
    this.#return(false);
  }

  override async end(): Promise<void> {
    this.#return(false);
  }

  override destroy(): void {
    super.destroy();
    this.#return(true);
  }

  #return(isBroken: boolean): void {
    if (this.#isGivenBack) return;
    this.#isGivenBack = true;
    this.#giveBack(isBroken);
  }
}

/** Rows; of a statement that answers with none, how many rows it has changed. Several statements in one text: the last one's. */
function answerOf(results: QueryResult | QueryResult[], options: StatementOptions): unknown {
  const result = Array.isArray(results) ? results.at(-1) : results;
  if (result === undefined) return [];
  if (/^\s*(?:COMMIT|END)\b/i.test(options.sql) && result.command === 'ROLLBACK') throw new RolledBackError();
  const { numbered: column } = options;
  if (column !== undefined) {
    const numbers = (result.rows as (Record<string, unknown> | unknown[])[]).map((row) =>
      BigInt(String(Array.isArray(row) ? row[0] : row[column])),
    );
    return { affectedRows: result.rowCount ?? 0, insertId: numbers[0] ?? 0n, numbers };
  }
  if ((result.fields ?? []).length > 0 || result.command === 'SELECT' || result.command === 'FETCH') return result.rows;
  return { affectedRows: result.rowCount ?? 0, insertId: 0n };
}
