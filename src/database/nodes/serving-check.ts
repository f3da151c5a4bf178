/**
 * Whether a server can do its job: reads each table as reads do, on a connection of its own, with a deadline, and
 * on a server that accepts writes asks how it would carry out each (write-check.ts).
 *
 *   healthy         seldom: once in ten seconds
 *   not healthy     with each probe, so that it is back as soon as possible
 *   a hint          with the next probe: a read met an error that says something about the server, or takes long
 *
 * A probe does not wait for it: a table may be locked for long while the server is fine. Only the first probe does,
 * so that a start begins with the true state.
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
/** How many times as long as a probe a table may take, and the limit: reads there wait as long. */
const patience = 4;
const maxMs = 2000;
/** A lock of a whole table makes the server wait a second. */
const writesMs = 4000;
/** The share of the first probe's time that may be spent waiting for the check of writes. */
const firstPart = 0.5;

export type ServingCheckOptions = {
  readonly connection: ServerConnection;
  readonly database: string;
  readonly serves: Served;
  /** There will be no further probe. */
  readonly isOnlyProbe?: boolean;
  readonly clock: Clock;
  /** The result differs from what was known: another probe is needed. */
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
    const { serves, isOnlyProbe = false } = options;
    this.#migrations = new MigrationRecord(serves.migrations, { isSettled: isOnlyProbe });
  }

  /** There is a reason to doubt. */
  hint(): void {
    this.#dueMs = Number.NEGATIVE_INFINITY;
  }

  /** From the last check of the tables; `null` if unknown. */
  get migrations(): AppliedMigrations | null {
    return this.#migrations.at(this.#options.clock.monotonic());
  }

  /** What is known now. Starts a check if one is due. */
  async known(timeoutMs: number): Promise<readonly ServingFault[]> {
    if (this.#running === null && this.#options.clock.monotonic() >= this.#dueMs) this.#begin(timeoutMs);
    const running = this.#running;
    if (running !== null && !this.#checked) await running.reads;
    // A start waits for the result; but the check may be waiting for a lock while the server is fine.
    if (running !== null && this.#unwritable === null) {
      await within(running.all, timeoutMs * firstPart, this.#options.clock).catch(() => undefined);
    }
    return this.#faults;
  }

  /** From the last check of writes; `null` if unknown. */
  get unwritable(): readonly WriteFault[] | null {
    return this.#unwritable;
  }

  close(): Promise<void> {
    return this.#options.connection.close();
  }

  #begin(timeoutMs: number): void {
    this.#dueMs = this.#options.clock.monotonic() + restMs;
    const reads = this.#checkReads(Math.min(timeoutMs * patience, maxMs));
    const all = reads
      .then(() => this.#checkWrites())
      .finally(() => {
        this.#running = null;
      });
    this.#running = { reads, all };
  }

  async #checkReads(timeoutMs: number): Promise<void> {
    const faults = await this.#read(timeoutMs);
    // Whether the server is there at all is decided elsewhere.
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

  /** An inconclusive check leaves what was known. */
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
