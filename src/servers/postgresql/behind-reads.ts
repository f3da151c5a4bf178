/** A server's position, asked in one packet behind a read. A standby that is just applying a record is asked again. */
import { systemClock } from '../../platform/clock.ts';
import type { Connection, Sends, Statement } from '../connection.ts';
import type { ReadsAndPositions } from '../flavour.ts';
import { rowsOf } from '../rows.ts';
import { isExact, WalReading } from './wal-reading.ts';
import { stateQuestion, walStateOf } from './wal-state.ts';

export class PostgresqlBehindReads implements ReadsAndPositions {
  readonly #reading = new WalReading(systemClock);

  async read<T>(connection: Pick<Sends, 'query'>, statement: Statement, values: unknown) {
    const [answer, rows] = await Promise.all([
      connection.query<T>(statement, values),
      connection.query<unknown>(stateQuestion),
    ]);
    const [row = {}] = rowsOf(rows);
    const state = walStateOf(row);
    if (state.standby && !isExact(state)) return { answer, positions: null };
    const { position } = await this.#reading.standOf(connection as Connection, row, state);
    return { answer, positions: position };
  }
}
