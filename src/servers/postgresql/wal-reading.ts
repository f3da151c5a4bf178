/** Reads where a server stands in its log. */
import type { Clock } from '../../platform/clock.ts';
import type { Connection } from '../connection.ts';
import type { Reached } from '../flavour.ts';
import { type Row, rowsOf } from '../rows.ts';
import { standingOf } from './standing.ts';
import { KnownTimelines } from './timelines.ts';
import { type StandbyState, stateQuestion, type WalState, walStateOf } from './wal-state.ts';

export type Stand = { readonly row: Row; readonly state: WalState; readonly position: Reached };

const againMs = 1;
/** A record is applied in microseconds; one that takes longer waits for a lock, and then what was received counts as seen. */
const maxTimes = 20;

export class WalReading {
  readonly #clock: Clock;
  readonly #timelines: KnownTimelines;
  /** The last timeline that the server was seen to receive, by its connection. */
  readonly #received = new WeakMap<object, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#timelines = new KnownTimelines(clock);
  }

  async read(connection: Connection, question: string = stateQuestion): Promise<Stand> {
    const [row = {}] = rowsOf(await connection.query(question));
    return this.standOf(connection, row, walStateOf(row));
  }

  async standOf(connection: Connection, row: Row, state: WalState): Promise<Stand> {
    if (state.standby && state.receives !== null) this.#received.set(connection, state.receives);
    const timelines = await this.#timelines.for(connection, state);
    return { row, state, position: standingOf(state, timelines, this.#received.get(connection) ?? null) };
  }

  /** A position that includes what was visible when this was called. */
  async observed(connection: Connection): Promise<Reached> {
    const first = await this.read(connection);
    if (!first.state.standby || isExact(first.state)) return first.position;
    for (let time = 1; time <= maxTimes; time += 1) {
      await this.#clock.sleep(againMs, { unref: true });
      const next = await this.read(connection);
      if (!next.state.standby) return next.position;
      // The record that was being applied is counted now.
      if (isExact(next.state) || next.state.replayed > first.state.replayed) {
        return { reached: first.position.reached, observed: next.position.observed };
      }
    }
    const { received, replayed } = first.state;
    const all = { ...first.state, replayed: received !== null && received > replayed ? received : replayed };
    const { position } = await this.standOf(connection, first.row, all);
    return { reached: first.position.reached, observed: position.observed };
  }
}

/** Nothing is left to apply, or the replaying process waits for more: no record is applied in part. */
export const isExact = ({ replayed, received, rests }: StandbyState): boolean => rests || replayed === received;
