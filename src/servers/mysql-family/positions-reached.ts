import type { Position } from '../../consistency/position.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Connection } from '../connection.ts';
import { type Row, rowsOf } from '../rows.ts';
import type { ServerStatements } from './server-statements.ts';

const lookEveryMs = 5;

/** How far the server behind a connection has come, as far as it can tell. */
export class PositionsReached {
  readonly #clock: Clock;
  /** What it was known to include: it goes back on no connection that lives. */
  readonly #known = new WeakMap<Connection, Position>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rows of the statements that read the position, in the order in which they must run. */
  rows(connection: Connection, { position }: ServerStatements): Promise<readonly Row[]> {
    return Promise.all(position.map(async (sql) => rowsOf(await connection.query(sql))[0] ?? {}));
  }

  /** A lower bound of what reads see. A node that cannot tell at this moment has what it could tell before. */
  reached(connection: Connection, statements: ServerStatements, rows: readonly Row[], replicating: boolean): Position {
    const reached = statements.reached(rows, replicating);
    if (statements.reachedInLook || !replicating) return reached;
    const known = this.#known.get(connection);
    const kept = known === undefined || reached.includes(known) ? reached : known;
    this.#known.set(connection, kept);
    return kept;
  }

  /** For a server that has no wait of its own that could be trusted: asks until it is there or the time is over. */
  async askUntil(
    connection: Connection,
    statements: ServerStatements,
    position: Position,
    timeoutMs: number,
  ): Promise<Position> {
    const untilMs = this.#clock.monotonic() + timeoutMs;
    for (;;) {
      const rows = await this.rows(connection, statements);
      const reached = this.reached(connection, statements, rows, true);
      if (reached.includes(position) || this.#clock.monotonic() >= untilMs) return reached;
      await this.#clock.sleep(lookEveryMs, { unref: true });
    }
  }
}
