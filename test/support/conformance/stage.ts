import type { MirroredModel } from '../../../src/database/mirror/mirrored-tables.ts';
import type { Connection } from '../../../src/servers/connection.ts';
import type { ServerAddress } from '../../../src/servers/server-address.ts';

export const names = ['source', 'replica-1', 'replica-2'] as const;
export type Name = (typeof names)[number];

/** Three servers of one kind, of which one leads, in the words of that kind. */
export type Stage = {
  /** Of an administrator. The caller ends it. */
  connect(name: Name): Promise<Connection>;
  /** With the account of the administrator. */
  addressOf(name: Name): ServerAddress;
  /** That replicas follow with. */
  readonly account: { readonly user: string; readonly password: string };
  readonly database: string;
  begin: string;
  commit: string;
  rollback: string;
  set(connection: Connection, name: string, value: string): Promise<unknown>;
  get(connection: Connection, name: string): Promise<string | null>;
  /** The statement that reads, and what its answer holds. */
  getting(name: string): { readonly sql: string; readonly rowsAsArray: true };
  valueIn(answer: unknown): string | null;
  /** The table that `set` writes to, with the column of the values. */
  readonly table: { readonly name: string; readonly column: string };
  /** Holds for the row of that name. */
  conditionOf(name: string): string;
  /** Adds rows that the server numbers, with one statement; `null` where it numbers none. */
  readonly addNumbered: ((connection: Connection, count: number) => Promise<unknown>) | null;
  /**
   * A model whose tables are on the source, as are those of the mirror: `parts` with the columns `id` (whole number), `label`,
   * `data` (bytes), `amount` (decimal), `moment` and one that the server computes, `part_lines` with `part_id`, `line`, `note`.
   * `null` of a kind that is not mirrored.
   */
  readonly mirrored: MirroredModel | null;
  hold(name: Name): Promise<void>;
  release(name: Name): Promise<void>;
  stop(): Promise<void>;
};
