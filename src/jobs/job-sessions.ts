/**
 * The world that a job sees: at least the one of the request that asked for it. Its token may be old by the time, of a history
 * that has ended, or signed with a key that is gone. Then nobody can tell what is fresh enough, so the source is asked. What a
 * client is handed for it is judged as whatever else it brings.
 *
 * Jobs and events hold a position of this database only: they are shown to others than the client who asked.
 */

import { currentEpoch } from '../consistency/epoch.ts';
import { resumeSession } from '../consistency/resume-session.ts';
import {
  advanceSession,
  emptySession,
  isEmptySession,
  requireSource,
  type Session,
  withoutOthers,
} from '../consistency/session.ts';
import type { Tokens } from '../consistency/tokens.ts';
import { type JudgedPast, type Runnable, runWithFreshness } from '../database/engine/read-runs.ts';
import type { OrdersDatabase, OrdersPinnedSession } from '../database/orders/orders-client.ts';
import type { CommittedChange, OrderChange } from '../orders/order-change.ts';
import type { JoinedTokens } from '../orders/order-changes.ts';
import type { Clock } from '../platform/clock.ts';

export type JobSessionsOptions = {
  readonly database: OrdersDatabase;
  readonly tokens: Pick<Tokens, 'decode' | 'encode'>;
  readonly clusterId: string;
  readonly clock: Clock;
};

/** How long a job's read waits for a replica before it goes to the source: nobody waits for it. */
const waitMs = 1000;

export class JobSessions {
  readonly #options: JobSessionsOptions;

  constructor(options: JobSessionsOptions) {
    this.#options = options;
  }

  /** Runs `work` as one operation: what it answers, and a token that includes all it has seen. Throws what sessions throw. */
  async run<T>(
    token: string | null,
    level: 'SESSION' | 'STRONG',
    work: (session: OrdersPinnedSession) => Promise<T>,
  ): Promise<{ readonly value: T; readonly token: string | null }> {
    const { database } = this.#options;
    const intent = { level, whenBehind: 'WAIT', waitMs, maxStalenessMs: null } as const;
    const resume = async () => ({ session: await this.#judged(token), isUnjudged: false, judgedIn: null });
    const runnable: Runnable<JudgedPast, OrdersPinnedSession, T, { value: T; token: string | null }> = {
      // It may write. The queue tries a task again.
      mayRerun: false,
      resume,
      open: ({ session }) => database.openSession({ session, intent, writes: false, readsFollow: false }),
      work: (pinned) => pinned.run(async () => await work(pinned)),
      answer: (value, { session }) => ({ value, token: this.#tokenOf(session) }),
    };
    return runWithFreshness(database, runnable, await resume());
  }

  /** One token for what all of these have seen, `null` for none. Of what is lost: the token that names it. */
  merge(tokens: readonly string[]): string | null {
    const { session, lost } = this.#merged(tokens);
    const [first] = lost;
    return first === undefined ? this.#tokenOf(session) : this.#options.tokens.encode(first);
  }

  /**
   * The same for whoever is going to read with it, by the source's own history as well. What cannot be kept is handed out as it
   * is, and refused like any other token when it comes back.
   */
  async promise(texts: readonly string[]): Promise<string | null> {
    const { database, clusterId, tokens } = this.#options;
    const { sessions, whole } = this.#decoded(texts);
    if (sessions.length === 0 || database.epochs.length === 0) return this.merge(texts);
    const { session, lost, ahead, behind } = await database.resume(clusterId, sessions);
    const [broken] = [...lost, ...ahead, ...behind];
    if (broken !== undefined) return tokens.encode(broken);
    return this.#tokenOf(whole ? session : requireSource(session));
  }

  /** One token for what both have seen; `null` when no position tells that. Of what is lost, both of them once. */
  join(earlier: string, token: string): JoinedTokens | null {
    const { session, lost } = this.#merged([earlier, token]);
    if (lost.length > 0) return { told: `${earlier},${token}`, kept: token };
    const joined = session.requiresSource ? null : this.#tokenOf(session);
    return joined === null ? null : { told: joined, kept: joined };
  }

  /**
   * `epoch` is that of the session which wrote. When it has ended since, or no position tells of the write, only the source can
   * tell whether it has survived.
   */
  announcement({ kind, id, order, position, issuedAtMs }: CommittedChange, epoch: number): OrderChange {
    const { database, clusterId, tokens } = this.#options;
    const now = currentEpoch(database.epochs) ?? epoch;
    const session = emptySession(clusterId, now);
    const isKnown = now === epoch && position !== null;
    const seen = isKnown ? advanceSession(session, position, issuedAtMs) : requireSource(session);
    return { kind, id, order, atMs: issuedAtMs, token: tokens.encode(seen) };
  }

  #tokenOf(session: Session): string | null {
    return isEmptySession(session) ? null : this.#options.tokens.encode(session);
  }

  /** By the record of promotions and by the source's own history. What a job was to see and nobody has any more, it need not. */
  async #judged(token: string | null): Promise<Session> {
    const { database, clusterId } = this.#options;
    const { sessions, whole } = this.#decoded(token === null ? [] : [token]);
    const { session, lost, ahead, behind, isUnjudged } = await database.resume(clusterId, sessions);
    const judged = whole && !isUnjudged && lost.length === 0 && ahead.length === 0 && behind.length === 0;
    return judged ? session : requireSource(session);
  }

  #merged(texts: readonly string[]): { readonly session: Session; readonly lost: readonly Session[] } {
    const { database, clusterId } = this.#options;
    const { sessions, whole } = this.#decoded(texts);
    const { session, lost, ahead } = resumeSession(clusterId, sessions, database.epochs);
    const judged = whole && lost.length === 0 && ahead.length === 0;
    return { session: judged ? session : requireSource(session), lost };
  }

  /** Not `whole`: some of them are refused. */
  #decoded(texts: readonly string[]): { readonly sessions: readonly Session[]; readonly whole: boolean } {
    const { tokens, clock } = this.#options;
    const sessions: Session[] = [];
    let whole = true;
    for (const text of texts) {
      try {
        sessions.push(...tokens.decode(text, clock.now()).map(withoutOthers));
      } catch {
        // Counts as one that cannot be judged.
        whole = false;
      }
    }
    return { sessions, whole };
  }
}
