import type { AppliedMigrations } from '../../cluster/applied-migrations.ts';
import type { Connection } from '../../servers/connection.ts';
import { isNoTable, unableBy } from '../../servers/faults.ts';
import { rowsOf, textOf } from '../../servers/rows.ts';

const applied =
  'SELECT DISTINCT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name';

/** The migrations that one server reports, and for how long it has reported them. */
export class MigrationRecord {
  readonly #needed: readonly string[];
  readonly #isSettled: boolean;
  #read: { readonly names: readonly string[]; readonly atMs: number; readonly sinceMs: number } | null = null;

  /** `isSettled`: there will be no further probe, so what is found counts as having been so for long. */
  constructor(needed: readonly string[], { isSettled = false } = {}) {
    this.#needed = needed;
    this.#isSettled = isSettled;
  }

  /** Does not reject if the record or the right to read it is missing: then nothing is known. */
  async read(connection: Pick<Connection, 'query'>, nowMs: number): Promise<void> {
    const names = await namesOn(connection);
    if (names === null) {
      this.#read = null;
      return;
    }
    const before = this.#read;
    const isSame = before !== null && before.names.join() === names.join();
    const sinceMs = isSame ? before.sinceMs : this.#isSettled ? Number.NEGATIVE_INFINITY : nowMs;
    this.#read = { names, atMs: nowMs, sinceMs };
  }

  /** `null` when nothing is known. */
  at(nowMs: number): AppliedMigrations | null {
    if (this.#read === null) return null;
    const { names, atMs, sinceMs } = this.#read;
    const missing = this.#needed.filter((name) => !names.includes(name));
    return { applied: names, missing, readAgoMs: nowMs - atMs, unchangedForMs: nowMs - sinceMs };
  }
}

async function namesOn(connection: Pick<Connection, 'query'>): Promise<readonly string[] | null> {
  try {
    return rowsOf(await connection.query(applied)).map((row) => textOf(row, 'name'));
  } catch (error) {
    // A schema that was made by other means has no record, and neither has a server that was never migrated.
    if (isNoTable(error)) return [];
    const kind = unableBy(error);
    if (kind === 'RIGHT_MISSING' || kind === 'TABLE_MISSING') return null;
    throw error;
  }
}
