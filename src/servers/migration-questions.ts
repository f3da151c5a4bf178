/** What running migrations asks of a kind of server. The record itself, and its order of events, are in src/database/migrations. */
import type { Connection } from './connection.ts';

/** The language of migrations, by the name that Prisma has for it in `migration_lock.toml`. */
export type MigrationDialect = 'mysql' | 'postgresql';

export interface MigrationQuestions {
  readonly dialect: MigrationDialect;
  /**
   * `null` if DDL commits on its own: a script that fails leaves the steps before the one that failed. Otherwise a script and its
   * record are one transaction, except for a script that says that the server refuses it in one.
   */
  readonly transaction: ScriptTransaction | null;
  /**
   * Lets one process migrate at a time, and no other migration tool that takes the server's usual lock. False if another one has
   * not ended by then. Held until the connection ends.
   */
  lock(connection: Connection, timeoutMs: number): Promise<boolean>;
  /** Creates the table `_prisma_migrations` as Prisma would, unless it exists. */
  createRecord(connection: Connection): Promise<void>;
  /** What is sent one after another. Throws `UnreadableScriptError`. */
  steps(script: string): readonly string[];
}

export type ScriptTransaction = {
  /** Whether the script runs in a transaction. */
  holds(script: string): boolean;
  readonly begin: string;
};

/** Its message follows the name of a script: what is wrong with it. */
export class UnreadableScriptError extends Error {}
