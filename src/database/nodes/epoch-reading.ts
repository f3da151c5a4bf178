/**
 * Reads the record of promotions of one server, on a connection of its own with a deadline: a probe goes on without it.
 *
 *   read             what the record says
 *   no table         no record is kept there: `null`
 *   unreadable       what was read last of the same server, which is a lower bound because promotions are only added, and what
 *                    keeps it from being read; `null` if it was never read
 *   connection lost  the probe fails, as it does if its own connection is lost
 */
import type { ProbeReport } from '../../cluster/node-status.ts';
import type { ServingFault } from '../../cluster/serving.ts';
import type { EpochHistory } from '../../consistency/epoch.ts';
import type { Clock } from '../../platform/clock.ts';
import { OverdueError, within } from '../../platform/deadline.ts';
import { faultOf, readRefusalOf, unableBy, wordOf } from '../../servers/faults.ts';
import { flavourOf } from '../../servers/known-flavours.ts';
import { NoAnswerError, type ServerConnection } from '../../servers/server-connection.ts';

const table = 'cluster_epochs';
/** How many times as long as a probe the statement may run, and how long at most. */
const patience = 4;
const maxMs = 2000;
/** The part of a probe's time that it waits for the record. */
const part = 0.5;

export type ReadEpochs = Pick<ProbeReport, 'epochs' | 'epochsUnread'>;
type Answer = { readonly epochs: EpochHistory | null } | { readonly fault: ServingFault };

export class EpochReading {
  readonly #connection: ServerConnection;
  readonly #database: string;
  readonly #clock: Clock;
  #known: { readonly identity: string; readonly epochs: EpochHistory } | null = null;
  /** A statement that hangs is not sent a second time beside itself. */
  #running: Promise<Answer> | null = null;

  constructor(connection: ServerConnection, database: string, clock: Clock) {
    this.#connection = connection;
    this.#database = database;
    this.#clock = clock;
  }

  /** `identity`: of the server that was probed just before, so that the record is not older than its position. */
  async read(identity: string, timeoutMs: number): Promise<ReadEpochs> {
    const answer = await this.#within(timeoutMs);
    if ('fault' in answer) {
      const epochs = this.#known?.identity === identity ? this.#known.epochs : null;
      return { epochs, epochsUnread: answer.fault };
    }
    const { epochs } = answer;
    this.#known = epochs === null ? null : { identity, epochs };
    return { epochs };
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #within(timeoutMs: number): Promise<Answer> {
    // One that hangs since an earlier probe would tell of that time.
    const before = this.#running;
    try {
      if (before !== null) await within(before, timeoutMs * part, this.#clock);
      return await within(this.#start(timeoutMs), timeoutMs * part, this.#clock);
    } catch (error) {
      if (error instanceof OverdueError) return silent;
      throw error;
    }
  }

  #start(timeoutMs: number): Promise<Answer> {
    const running = this.#ask(Math.min(timeoutMs * patience, Math.max(timeoutMs, maxMs))).finally(() => {
      if (this.#running === running) this.#running = null;
    });
    this.#running = running;
    return running;
  }

  async #ask(timeoutMs: number): Promise<Answer> {
    try {
      return await this.#connection.use(timeoutMs, async (open) => {
        const { epochs, checks } = flavourOf(open);
        try {
          return { epochs: await epochs.read(open) };
        } catch (error) {
          if (faultOf(error) === 'CONNECTION') throw error;
          const kind = unableBy(error) ?? 'TABLE_BROKEN';
          const grant = () => checks.grant(['SELECT'], this.#database, table, 'the account in its URL');
          const cure = kind === 'RIGHT_MISSING' ? grant() : (readRefusalOf(error)?.cure ?? null);
          return { fault: { kind, table, code: wordOf(error), cure } };
        }
      });
    } catch (error) {
      if (error instanceof NoAnswerError) return silent;
      throw error;
    }
  }
}

const silent: Answer = { fault: { kind: 'TABLE_SILENT', table, code: null, cure: null } };
