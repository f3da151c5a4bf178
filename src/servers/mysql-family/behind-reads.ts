/**
 * A server's position, requested in one packet with a read. A replica known to need no more is only asked for the cheap
 * `glance`; one whose position depends on its replication state cannot answer here.
 */
import type { Statement } from '../connection.ts';
import type { Reached, ReadsAndPositions } from '../flavour.ts';
import { type Answer, firstRow, queryWith } from './joined-statements.ts';
import type { ServerStatements } from './server-statements.ts';
import { keyOf } from './session-state.ts';

type Questions = Pick<
  ServerStatements,
  'position' | 'glance' | 'observesByReplication' | 'numbers' | 'reached' | 'observed'
>;

export class FamilyBehindReads implements ReadsAndPositions {
  readonly #statements: Questions;
  /** Connections to servers for which `glance` is enough. */
  readonly #glances = new WeakSet<object>();
  /** The position has usually not changed since the last read; then it is not parsed again. */
  #last: { readonly said: string; readonly positions: Reached | null } | null = null;

  constructor(statements: Questions) {
    this.#statements = statements;
  }

  async read<T>(connection: Parameters<typeof queryWith>[0], sql: Statement, values: unknown) {
    const statements = this.#statements;
    const key = keyOf(connection);
    const questions = this.#glances.has(key) ? statements.glance : statements.position;
    const [answer, ...answers] = await queryWith<T>(connection, sql, values, questions);
    if (questions === statements.position) {
      if (statements.observesByReplication(answers.map(firstRow), true)) return { answer, positions: null };
      this.#glances.add(key);
    }
    return { answer, positions: this.#positionsOf(answers) };
  }

  #positionsOf(answers: readonly Answer[]): Reached | null {
    const said = answers.join();
    if (this.#last?.said === said) return this.#last.positions;
    const rows = answers.map(firstRow);
    const { numbers, reached, observed } = this.#statements;
    const positions = numbers(rows) ? { reached: reached(rows, true), observed: observed(rows, []) } : null;
    this.#last = { said, positions };
    return positions;
  }
}
