/**
 * One transaction on the source, and the outbox rows that belong into it.
 *
 * The keys of what a statement changes are known from the statement, from what the server numbered, or are read FOR UPDATE
 * right before it; then the statement is held to exactly those keys, so that at no isolation level a row slips in between.
 * A record's lock is held before its children change, so one record's rows enter the outbox in the order of the commits.
 *
 * All rows are written together before COMMIT. Whatever goes wrong on the way fails the transaction: a change without its
 * row would never reach the backup. A row without a change is harmless.
 */
import { TidemarkError } from '../../errors.ts';
import type { Cell, Dialect, WriteStatement } from '../../servers/dialect.ts';
import type { Flavour } from '../../servers/flavour.ts';
import type { ChangedRecord } from '../../servers/outbox-table.ts';
import type { SqlConnection } from '../nodes/on-source.ts';
import type { WatchedTable, WatchedTables } from './watched-tables.ts';

/** A write to a mirrored model in a form that does not show which records it changes. Nothing was written. */
export class WriteNotMirroredError extends TidemarkError {
  readonly code = 'WRITE_NOT_MIRRORED';
  readonly retryable = false;

  constructor(model: string, why: string) {
    super(`A write to ${model}, which is mirrored, ${why}; nothing was written`, { facts: { model } });
  }
}

type Values = readonly unknown[];
type Answer = { readonly affectedRows: number };
/** What a transaction asks of the kind of server that it runs on. */
export type MirroringFlavour = Pick<Flavour, 'outbox' | 'keys'> & { readonly driver: { readonly dialect: Dialect } };
/** Sends a statement of the caller, as the caller would have. */
export type Send = (text: string, values: Values) => Promise<unknown>;
type Where = Extract<WriteStatement, { kind: 'DELETE' }>['where'];

const keysPerStatement = 1000;

export class MirroredTransaction {
  readonly #connection: SqlConnection;
  readonly #tables: WatchedTables;
  readonly #flavour: MirroringFlavour;
  readonly #dialect: Dialect;
  readonly #changed = new Map<string, ChangedRecord>();
  readonly #running = new Set<Promise<unknown>>();
  #failure: { readonly error: unknown } | null = null;

  constructor(connection: SqlConnection, tables: WatchedTables, flavour: MirroringFlavour) {
    this.#connection = connection;
    this.#flavour = flavour;
    this.#dialect = flavour.driver.dialect;
    this.#tables = tables;
  }

  run(text: string, values: unknown, send: Send): Promise<unknown> {
    const all = Array.isArray(values) ? (values as Values) : [];
    const table = this.#tables.get(this.#dialect.targetOf(text) ?? '');
    if (table === undefined) return send(text, all);
    const running = this.#write(table, text, all, send);
    this.#running.add(running);
    const ended = () => this.#running.delete(running);
    running.then(ended, ended);
    return running;
  }

  /** Writes the rows that belong to what was changed; how many. Must be awaited before COMMIT is sent. */
  async append(): Promise<number> {
    await Promise.allSettled(this.#running);
    if (this.#failure !== null) throw this.#failure.error;
    await this.#flavour.outbox.append(this.#connection, [...this.#changed.values()]);
    return this.#changed.size;
  }

  async #write(table: WatchedTable, text: string, values: Values, send: Send): Promise<unknown> {
    const write = this.#dialect.readWrite(text);
    if (write === null) return this.#refuse(table, 'has a form that cannot be read');
    if (write.kind === 'INSERT') return this.#insert(table, write, text, values, send);
    const assigned =
      write.kind === 'UPDATE' ? write.assigned.find(({ column }) => column === table.keyColumn) : undefined;
    if (assigned?.cell === 'OTHER') return this.#refuse(table, 'computes a key');
    const movedTo = assigned === undefined ? [] : keysIn(table, [assigned.cell], values);
    const named = table.integerKey ? this.#dialect.keysNamedBy(write.where, table.keyColumn) : null;
    const namedKeys = named && keysIn(table, named, values);
    if (namedKeys !== null && namedKeys.length === named?.length) {
      await this.#lock(table, [...namedKeys, ...movedTo]);
      const answer = await send(text, values);
      if ((answer as Answer).affectedRows > 0) this.#note(table, [...namedKeys, ...movedTo]);
      return answer;
    }
    const found = await this.#select(table, write.name, write.where, values);
    const noted = await this.#lock(table, [...found, ...movedTo]);
    this.#note(table, noted);
    return heldTo(this.#dialect, table, write, found, assigned === undefined, values, send);
  }

  async #insert(
    table: WatchedTable,
    { columns, rows }: Extract<WriteStatement, { kind: 'INSERT' }>,
    text: string,
    values: Values,
    send: Send,
  ): Promise<unknown> {
    const place = columns.indexOf(table.keyColumn);
    const cells: Cell[] = rows.map((row) => row[place] ?? 'NONE');
    if (cells.includes('OTHER')) return this.#refuse(table, 'computes a key');
    const keys = keysIn(table, cells, values);
    if (keys.length < given(cells, values).length) return this.#refuse(table, 'has keys that are no whole numbers');
    const numbered = table.root === null ? cells.length - keys.length : 0;
    if (numbered > 0 && keys.length > 0)
      return this.#refuse(table, 'gives keys to some of its rows, not to all or none');
    if (numbered > 0 && !table.integerKey) return this.#refuse(table, 'leaves a key to the database');
    const noted = await this.#lock(table, keys);
    const answer = (await send(text, values)) as Answer;
    if (answer.affectedRows === 0) return answer;
    this.#note(table, noted);
    if (numbered > 0) await this.#noteNumbered(table, answer, numbered);
    return answer;
  }

  async #noteNumbered(table: WatchedTable, answer: Answer, count: number): Promise<void> {
    try {
      const numbers = await this.#flavour.keys.numbered(this.#connection, answer, count);
      if (numbers.length === 0) throw new WriteNotMirroredError(table.model, 'got no number from the database');
      this.#note(table, numbers.map(String));
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }

  #select(table: WatchedTable, name: string, where: Where, values: Values): Promise<readonly string[]> {
    const column = this.#dialect.quoted(table.keyColumn);
    const rows = { table: name, column, condition: where.text, values: values.slice(where.firstParameter) };
    return this.#flavour.keys.lock(this.#connection, rows);
  }

  /** Locks those roots of a child that this transaction has not locked yet. Returns the keys as the roots have them. */
  async #lock({ root }: WatchedTable, keys: readonly string[]): Promise<readonly string[]> {
    if (root === null) return keys;
    const missing = keys.filter((key) => !this.#changed.has(idOf(root, key))).toSorted();
    const spelled = new Set(keys);
    for (let start = 0; start < missing.length; start += keysPerStatement) {
      const part = missing.slice(start, start + keysPerStatement);
      const column = this.#dialect.quoted(root.keyColumn);
      const rows: { k: unknown }[] = await this.#connection.query(
        `SELECT ${column} AS k FROM ${this.#dialect.quoted(root.table)} WHERE ${column} IN (${part.map(() => '?').join(', ')}) ORDER BY ${column} FOR UPDATE`,
        part.map((key) => keyValue(root, key)),
      );
      for (const { k } of rows) spelled.add(String(k));
    }
    return [...spelled];
  }

  #note(table: WatchedTable, keys: readonly string[]): void {
    for (const recordKey of keys) this.#changed.set(idOf(table, recordKey), { model: table.model, recordKey });
  }

  #refuse(table: WatchedTable, why: string): never {
    const error = new WriteNotMirroredError(table.model, why);
    this.#failure ??= { error };
    throw error;
  }
}

/** Runs the statement on rows of these keys only, in parts unless it moves rows from one key to another. */
async function heldTo(
  dialect: Dialect,
  table: WatchedTable,
  { where }: { readonly where: Where },
  keys: readonly string[],
  inParts: boolean,
  values: Values,
  send: Send,
): Promise<unknown> {
  const isOne = !inParts || where.after !== undefined;
  const size = isOne ? Math.max(keys.length, 1) : keysPerStatement;
  let affectedRows = 0;
  let start = 0;
  for (;;) {
    const part = keys.slice(start, start + size);
    const only = part.length === 0 ? '1=0' : `${dialect.quoted(table.keyColumn)} IN (${part.map(() => '?').join(',')})`;
    const answer = (await send(`${where.before} WHERE (${where.text}) AND ${only}${where.after ?? ''}`, [
      ...values,
      ...part.map((key) => keyValue(table, key)),
    ])) as Answer;
    affectedRows += answer.affectedRows;
    start += size;
    if (start >= keys.length) return Object.assign(answer, { affectedRows });
  }
}

function given(cells: readonly Cell[], values: Values): unknown[] {
  return cells
    .flatMap((cell) => (typeof cell === 'number' ? [values[cell]] : []))
    .filter((value) => value !== null && value !== undefined);
}

function keysIn({ integerKey }: WatchedTable, cells: readonly Cell[], values: Values): string[] {
  const texts = given(cells, values).map(String);
  return integerKey ? texts.filter((text) => /^-?\d+$/.test(text)) : texts;
}

function keyValue({ integerKey }: WatchedTable, key: string): string | bigint {
  return integerKey ? BigInt(key) : key;
}

function idOf({ model }: WatchedTable, key: string): string {
  return `${model} ${key}`;
}
