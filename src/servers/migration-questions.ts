/** What running migrations asks of a kind of server. The record itself, and its order of events, are in src/database/migrations. */
import type { Connection } from './connection.ts';

export interface MigrationQuestions {
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

/** Its message follows the name of a script: what is wrong with it. */
export class UnreadableScriptError extends Error {}
