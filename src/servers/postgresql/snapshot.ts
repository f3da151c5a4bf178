/**
 * A transaction that reads one state of the database at a known position. A transaction counts in the log before it is visible, so
 * that the place asked before is surely in the state only if no transaction was in progress when it was fixed; otherwise the state is
 * taken again. A standby applies a record before it counts it: there the place asked before is surely in the state.
 */
import { systemClock } from '../../platform/clock.ts';
import type { Connection } from '../connection.ts';
import type { Reached } from '../flavour.ts';
import { rowsOf } from '../rows.ts';
import { WalPosition } from './wal-position.ts';
import { WalReading } from './wal-reading.ts';
import { isTrue, stateQuestion, walStateOf } from './wal-state.ts';

const maxAttempts = 20;
const pauseMs = 5;
const reading = new WalReading(systemClock);
const fix = 'SELECT pg_snapshot_xmin(s) = pg_snapshot_xmax(s) AS rests FROM pg_current_snapshot() AS s';

/** The statement that fixes the state is sent immediately. */
export async function beginSnapshot(given: Pick<Connection, 'query'>): Promise<Reached> {
  const connection = given as Connection;
  for (let attempt = 1; ; attempt += 1) {
    const [before, , fixed] = await Promise.all([
      connection.query(stateQuestion),
      connection.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'),
      connection.query(fix),
    ]);
    const [row = {}] = rowsOf(before);
    const { state, position } = await reading.standOf(connection, row, walStateOf(row));
    const { observed } = await reading.observed(connection);
    if (state.standby || isTrue(rowsOf(fixed)[0] ?? {}, 'rests')) return { reached: position.reached, observed };
    if (attempt >= maxAttempts) return { reached: WalPosition.empty, observed };
    await connection.query('ROLLBACK');
    await systemClock.sleep(pauseMs);
  }
}
