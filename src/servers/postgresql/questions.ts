import type { Position } from '../../consistency/position.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Connection } from '../connection.ts';
import type { Reached, ServerProbe, ServerQuestions } from '../flavour.ts';
import { textOf } from '../rows.ts';
import {
  awaitsAcknowledgement,
  channelsOf,
  factColumns,
  refusedByOf,
  replicationOf,
  variablesOf,
} from './server-facts.ts';
import { postgresqlTerms } from './terms.ts';
import { isExact, WalReading } from './wal-reading.ts';
import { isTrue, stateQuestion } from './wal-state.ts';

export const probeQuestion = `${stateQuestion}, ${factColumns}`;
const pollEveryMs = 2;

export class PostgresqlQuestions implements ServerQuestions {
  readonly #clock: Clock;
  readonly #reading: WalReading;
  /** When it was last seen to have applied all that it had received. */
  #exactMs: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#reading = new WalReading(clock);
  }

  async probe(connection: Connection): Promise<ServerProbe> {
    const { row, state, position } = await this.#reading.read(connection, probeQuestion);
    if (state.standby && isExact(state)) this.#exactMs = this.#clock.monotonic();
    const exactAgoMs = this.#exactMs === null ? null : this.#clock.monotonic() - this.#exactMs;
    const replication = replicationOf(row, state, exactAgoMs);
    const identity = textOf(row, 'identity');
    const refusedBy = refusedByOf(row);
    return {
      identity,
      id: identity,
      version: textOf(row, 'version'),
      terms: postgresqlTerms,
      readOnly: refusedBy.length > 0,
      refusedBy,
      awaitsAcknowledgement: awaitsAcknowledgement(row),
      applier: replication.applier,
      receiving: replication.receiver === 'CONNECTED' || replication.receiver === 'CONNECTING',
      replicationError: null,
      lagMs: replication.lagMs,
      channels: channelsOf(replication),
      ...(replication.delayMs > 0 && { delayMs: replication.delayMs }),
      position: position.reached,
      ...(isTrue(row, 'monitors') ? {} : { missingRights: ['pg_monitor'] }),
      settings: { variables: variablesOf(row), channels: [] },
    };
  }

  readPosition(connection: Connection): Promise<Reached> {
    return this.#reading.observed(connection);
  }

  /** Polls: only since version 19 a server can be told to wait. */
  async waitFor(connection: Connection, position: Position, timeoutMs: number) {
    const untilMs = this.#clock.monotonic() + timeoutMs;
    for (;;) {
      const { row, state, position: stand } = await this.#reading.read(connection, probeQuestion);
      const { reached } = stand;
      if (reached.includes(position)) return { reached, applying: true };
      if (this.#clock.monotonic() >= untilMs) {
        return { reached, applying: replicationOf(row, state).applier === 'RUNNING' };
      }
      await this.#clock.sleep(pollEveryMs, { unref: true });
    }
  }
}
