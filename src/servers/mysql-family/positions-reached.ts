import type { Position } from '../../consistency/position.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Connection } from '../connection.ts';
import { type Row, rowsOf } from '../rows.ts';
import type { ServerStatements } from './server-statements.ts';

const pollEveryMs = 5;

/** The position that the server behind a connection has reached, as far as it is known. */
export class PositionsReached {
  readonly #clock: Clock;
  /** A position it is known to include: this never goes back while the connection lives. */
  readonly #known = new WeakMap<Connection, Position>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Rows of the statements that read the position, in the order in which they must run. */
  rows(connection: Connection, { position }: ServerStatements): Promise<readonly Row[]> {
    return Promise.all(position.map(async (sql) => rowsOf(await connection.query(sql))[0] ?? {}));
  }

  /** A lower bound of what reads see. If a node cannot report it now, the last known bound still holds. */
  reached(connection: Connection, statements: ServerStatements, rows: readonly Row[], replicating: boolean): Position {
    const reached = statements.reached(rows, replicating);
    if (statements.reachedInProbe || !replicating) return reached;
    const known = this.#known.get(connection);
    const kept = known === undefined || reached.includes(known) ? reached : known;
    this.#known.set(connection, kept);
    return kept;
  }

  /** For a server without a wait that can be trusted: polls until the position is reached or the time is up. */
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
      await this.#clock.sleep(pollEveryMs, { unref: true });
    }
  }
}
