import type { Connection } from 'mariadb';
import type { Position } from '../consistency/position.ts';
import type { Clock } from '../platform/clock.ts';
import { statementsFor } from './choose-statements.ts';
import { galeraStatements, galeraSwitch } from './mariadb/galera.ts';
import { rowsOf } from './server-connection.ts';
import type { Row, ServerStatements } from './server-statements.ts';

const lookEveryMs = 5;

/** How to speak to one server: what its greeting does not say is asked for once on each connection. */
export class Wording {
  readonly #clock: Clock;
  readonly #found = new WeakMap<Connection, Promise<ServerStatements>>();
  /** What the server behind a connection was known to include: it goes back on no connection that lives. */
  readonly #reached = new WeakMap<Connection, Position>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(connection: Connection): Promise<ServerStatements> {
    const found = this.#found.get(connection) ?? ask(connection);
    this.#found.set(connection, found);
    return found;
  }

  /** Rows of the statements that read the position, in the order in which they must run. */
  async positionRows(connection: Connection): Promise<readonly Row[]> {
    const { position } = await this.of(connection);
    return Promise.all(position.map(async (sql) => rowsOf(await connection.query(sql))[0] ?? {}));
  }

  /** A lower bound of what reads see. A node that cannot tell at this moment has what it could tell before. */
  reached(connection: Connection, statements: ServerStatements, rows: readonly Row[], replicating: boolean): Position {
    const reached = statements.reached(rows, replicating);
    if (statements !== galeraStatements || !replicating) return reached;
    const known = this.#reached.get(connection);
    const kept = known === undefined || reached.includes(known) ? reached : known;
    this.#reached.set(connection, kept);
    return kept;
  }

  /** For a server that has no wait of its own that could be trusted: asks until it is there or the time is over. */
  async askUntil(connection: Connection, position: Position, timeoutMs: number): Promise<Position> {
    const untilMs = this.#clock.monotonic() + timeoutMs;
    for (;;) {
      const rows = await this.positionRows(connection);
      const reached = this.reached(connection, galeraStatements, rows, true);
      if (reached.includes(position) || this.#clock.monotonic() >= untilMs) return reached;
      await this.#clock.sleep(lookEveryMs, { unref: true });
    }
  }
}

async function ask(connection: Connection): Promise<ServerStatements> {
  const statements = statementsFor(connection);
  if (statements.flavour !== 'mariadb') return statements;
  return rowsOf(await connection.query(galeraSwitch)).length > 0 ? galeraStatements : statements;
}
