/**
 * Whether a server can do what it is there for: reads each table as reads do, on a connection of its own, with a deadline, and
 * where it takes writes asks how it would carry out each (write-check.ts).
 *
 *   well            seldom: once in ten seconds
 *   not well        with each look, so that it is back as soon as it can
 *   a hint          with the next look: a read met an error that says something of the server, or takes long
 *
 * A look does not wait for it: a table may be locked for long, and the server is there all the same. Only the first one does,
 * so that a start begins with what is true.
 */
import type { AppliedMigrations } from '../../cluster/applied-migrations.ts';
import type { ServingFault } from '../../cluster/serving.ts';
import type { WriteFault } from '../../cluster/write-fault.ts';
import type { Clock } from '../../platform/clock.ts';
import { within } from '../../platform/deadline.ts';
import { faultOf, unableBy, wordOf } from '../../servers/faults.ts';
import type { ServerChecks } from '../../servers/flavour.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import { NoAnswerError, type ServerConnection } from '../../servers/server-connection.ts';
import { MigrationRecord } from './migration-record.ts';
import type { Served } from './serves.ts';
import { writeFaults } from './write-check.ts';

const restMs = 10_000;
/** How many times as long as a look a table may take, and how long at most: who reads there waits as well. */
const patience = 4;
const longestMs = 2000;
/** A lock of a whole table makes the server wait a second. */
const writesMs = 4000;
/** What part of the time that a look has the first one waits for what is found out of writes. */
const firstPart = 0.5;

export type ServingCheckOptions = {
  readonly connection: ServerConnection;
  readonly database: string;
  readonly serves: Served;
  /** Nobody will look again. */
  readonly isOnlyLook?: boolean;
  readonly clock: Clock;
  /** What was found is not what was known: another look will tell. */
  readonly onChange: () => void;
};

export class ServingCheck {
  readonly #options: ServingCheckOptions;
  readonly #migrations: MigrationRecord;
  #faults: readonly ServingFault[] = [];
  #dueMs = Number.NEGATIVE_INFINITY;
  #unwritable: readonly WriteFault[] | null = null;
  #running: { readonly reads: Promise<void>; readonly all: Promise<void> } | null = null;
  #checked = false;

  constructor(options: ServingCheckOptions) {
    this.#options = options;
    const { serves, isOnlyLook = false } = options;
    this.#migrations = new MigrationRecord(serves.migrations, { isSettled: isOnlyLook });
  }

  /** Somebody has met a reason to doubt. */
  hint(): void {
    this.#dueMs = Number.NEGATIVE_INFINITY;
  }

  /** Of the last look at the tables; `null` when nothing is known. */
  get migrations(): AppliedMigrations | null {
    return this.#migrations.at(this.#options.clock.monotonic());
  }

  /** What is known now. Begins to look when it is time. */
  async known(timeoutMs: number): Promise<readonly ServingFault[]> {
    if (this.#running === null && this.#options.clock.monotonic() >= this.#dueMs) this.#begin(timeoutMs);
    const running = this.#running;
    if (running !== null && !this.#checked) await running.reads;
    // At a start nobody goes on before it is known; but it may have to wait for a lock, and the server is there all the same.
    if (running !== null && this.#unwritable === null) {
      await within(running.all, timeoutMs * firstPart, this.#options.clock).catch(() => undefined);
    }
    return this.#faults;
  }

  /** Of the last look at what it would write; `null` when nothing is known. */
  get unwritable(): readonly WriteFault[] | null {
    return this.#unwritable;
  }

  close(): Promise<void> {
    return this.#options.connection.close();
  }

  #begin(timeoutMs: number): void {
    this.#dueMs = this.#options.clock.monotonic() + restMs;
    const reads = this.#checkReads(Math.min(timeoutMs * patience, longestMs));
    const all = reads
      .then(() => this.#checkWrites())
      .finally(() => {
        this.#running = null;
      });
    this.#running = { reads, all };
  }

  async #checkReads(timeoutMs: number): Promise<void> {
    const faults = await this.#read(timeoutMs);
    // Whether it is there at all others find out.
    if (faults === null) {
      this.#dueMs = Number.NEGATIVE_INFINITY;
      return;
    }
    const lacks = (this.migrations?.missing ?? []).length > 0;
    if (faults.length > 0 || lacks) this.#dueMs = Number.NEGATIVE_INFINITY;
    const changed = this.#checked && JSON.stringify(faults) !== JSON.stringify(this.#faults);
    this.#faults = faults;
    this.#checked = true;
    if (changed) this.#options.onChange();
  }

  /** What nobody could tell leaves what was known. */
  async #checkWrites(): Promise<void> {
    const { connection, serves, database, onChange } = this.#options;
    const faults = await connection
      .use(writesMs, (open) => writeFaults(open, database, serves.written))
      .catch(() => null);
    if (faults === null) return;
    if (faults.length > 0) this.#dueMs = Number.NEGATIVE_INFINITY;
    const changed = JSON.stringify(faults) !== JSON.stringify(this.#unwritable ?? []);
    this.#unwritable = faults;
    if (changed) onChange();
  }

  async #read(timeoutMs: number): Promise<readonly ServingFault[] | null> {
    const { connection, clock, serves, database } = this.#options;
    const { tables } = serves;
    const faults: ServingFault[] = [];
    let at = tables[0]?.table ?? '';
    let checks: ServerChecks | null = null;
    try {
      await connection.use(timeoutMs, async (open) => {
        const asked = flavourOf(open).checks;
        checks = asked;
        await asked.enter(open, database);
        for (const { table, columns } of tables) {
          at = table;
          await asked.read(open, table, columns).catch((error: unknown) => {
            const fault = this.#faultOf(table, error, asked);
            if (fault === null) throw error;
            faults.push(fault);
          });
        }
        at = '_prisma_migrations';
        await this.#migrations.read(open, clock.monotonic());
      });
      return faults;
    } catch (error) {
      if (error instanceof NoAnswerError) return [...faults, silent(at)];
      const fault = this.#faultOf(at, error instanceof Error ? error.cause : error, checks);
      return fault === null ? null : [fault];
    }
  }

  #faultOf(table: string, error: unknown, checks: ServerChecks | null): ServingFault | null {
    if (faultOf(error) === 'STATEMENT_TIMEOUT') return silent(table);
    const kind = unableBy(error);
    if (kind === null) return null;
    const { database } = this.#options;
    const cure =
      kind === 'RIGHT_MISSING' && checks !== null
        ? checks.grant(['SELECT', 'INSERT', 'UPDATE', 'DELETE'], database, null, 'the account in its URL')
        : null;
    return { kind, table, code: wordOf(error), cure };
  }
}

const silent = (table: string): ServingFault => ({ kind: 'TABLE_SILENT', table, code: null, cure: null });
