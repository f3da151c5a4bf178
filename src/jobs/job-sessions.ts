/**
 * The session of a job: it sees at least what its requester had seen. By then, the token may be old, of an ended epoch, or signed with a
 * retired key. If freshness cannot be determined, the source is read. Tokens that a job hands to clients are judged like any others.
 *
 * Jobs and events hold a position of this database only, because they are shown to other clients than the requester.
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
import type { Commit } from '../database/session/committed-event.ts';
import type { ChangedOrder, OrderChange } from '../orders/order-change.ts';
import type { JoinedTokens } from '../orders/order-changes.ts';
import type { Clock } from '../platform/clock.ts';

export type JobSessionsOptions = {
  readonly database: OrdersDatabase;
  readonly tokens: Pick<Tokens, 'decode' | 'encode'>;
  readonly clusterId: string;
  readonly clock: Clock;
};

/** How long a job's read waits for a replica before it uses the source: it is not urgent. */
const waitMs = 1000;

export class JobSessions {
  readonly #options: JobSessionsOptions;

  constructor(options: JobSessionsOptions) {
    this.#options = options;
  }

  /** Runs `work` as one operation. Returns its result, and a token that includes everything it has seen. Throws what sessions throw. */
  async run<T>(
    token: string | null,
    level: 'SESSION' | 'STRONG',
    work: (session: OrdersPinnedSession) => Promise<T>,
  ): Promise<{ readonly value: T; readonly token: string | null }> {
    const { database } = this.#options;
    const intent = { level, whenBehind: 'WAIT', waitMs, maxStalenessMs: null } as const;
    const resume = async () => ({ session: await this.#judged(token), isUnjudged: false, judgedIn: null });
    const runnable: Runnable<JudgedPast, OrdersPinnedSession, T, { value: T; token: string | null }> = {
      // It may write. The queue retries the task.
      mayRerun: false,
      resume,
      open: ({ session }) => database.openSession({ session, intent, writes: false, readsFollow: false }),
      work: (pinned) => pinned.run(async () => await work(pinned)),
      answer: (value, { session }) => ({ value, token: this.#encodeToken(session) }),
    };
    return runWithFreshness(database, runnable, await resume());
  }

  /** One token that includes all of these, `null` for none. For lost positions: the token that names them. */
  merge(tokens: readonly string[]): string | null {
    const { session, lost } = this.#merged(tokens);
    const [first] = lost;
    return first === undefined ? this.#encodeToken(session) : this.#options.tokens.encode(first);
  }

  /**
   * The same for a client that will read with it, judged by the source's own history as well. What cannot be resolved is returned as it
   * is, and refused like any other token when it comes back.
   */
  async promise(texts: readonly string[]): Promise<string | null> {
    const { database, clusterId, tokens } = this.#options;
    const { sessions, whole } = this.#decoded(texts);
    if (sessions.length === 0 || database.epochs.length === 0) return this.merge(texts);
    const { session, lost, ahead, behind } = await database.resume(clusterId, sessions);
    const [broken] = [...lost, ...ahead, ...behind];
    if (broken !== undefined) return tokens.encode(broken);
    return this.#encodeToken(whole ? session : requireSource(session));
  }

  /** One token that includes both; `null` if no position does. Of lost positions, both once. */
  join(earlier: string, token: string): JoinedTokens | null {
    const { session, lost } = this.#merged([earlier, token]);
    if (lost.length > 0) return { told: `${earlier},${token}`, kept: token };
    const joined = session.requiresSource ? null : this.#encodeToken(session);
    return joined === null ? null : { told: joined, kept: joined };
  }

  /**
   * What subscribers are told of a committed change. If the epoch has ended since, or the write has no position, only the source can tell
   * whether the write has survived.
   */
  announcement({ kind, id, order }: ChangedOrder, { position, issuedAtMs, epoch }: Commit): OrderChange {
    const { database, clusterId, tokens } = this.#options;
    const now = currentEpoch(database.epochs) ?? epoch;
    const session = emptySession(clusterId, now);
    const isKnown = now === epoch && position !== null;
    const seen = isKnown ? advanceSession(session, position, issuedAtMs) : requireSource(session);
    return { kind, id, order, atMs: issuedAtMs, token: tokens.encode(seen) };
  }

  #encodeToken(session: Session): string | null {
    return isEmptySession(session) ? null : this.#options.tokens.encode(session);
  }

  /** Judged by the record of promotions and the source's history. A write that no server has any more is not waited for. */
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
        // Treated as one that cannot be judged.
        whole = false;
      }
    }
    return { sessions, whole };
  }
}
