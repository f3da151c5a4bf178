import type { ConsistencyRequest } from '../../consistency/consistency-request.ts';
import { refuseTooManyPasts } from '../../consistency/other-databases.ts';
import { refuseBroken } from '../../consistency/refuse-broken.ts';
import { isEmptySession } from '../../consistency/session.ts';
import type { TokenCodec } from '../../consistency/token-codec.ts';
import type { Clock } from '../../platform/clock.ts';
import type { RouteDecision } from '../../routing/route-decision.ts';
import type { PrismaClientLike } from '../clients/node-clients.ts';
import type { PinnedSession } from '../session/pinned-session.ts';
import type { TransactionRunner } from '../write/source-writer.ts';
import type { JudgedPast, Runnable } from './read-runs.ts';
import type { ReplicatedDatabase } from './replicated-database.ts';

export type Answered<T> = {
  readonly value: T;
  /**
   * For the user to bring with the next call. Includes all that were brought, also what they say of other databases, unchanged.
   * `null` when there is nothing to carry.
   */
  readonly token: string | null;
  /** Which node answered, and why. */
  readonly decision: RouteDecision | null;
};

export type EngineParts<Client extends PrismaClientLike & TransactionRunner<Transaction>, Transaction> = {
  readonly database: Pick<
    ReplicatedDatabase<Client, Transaction>,
    'historyTurns' | 'resume' | 'epochs' | 'openSession'
  >;
  readonly tokens: TokenCodec;
  readonly clusterId: string;
  readonly clock: Clock;
};

export type EngineRequest<Client, Transaction, T> = {
  readonly tokens: readonly string[];
  readonly intent: ConsistencyRequest;
  readonly writes: boolean;
  readonly work: (pinned: PinnedSession<Client, Transaction>) => Promise<T>;
};

/** One call of a program, whichever node it is tried on. */
export class EngineCall<Client extends PrismaClientLike & TransactionRunner<Transaction>, Transaction, T>
  implements Runnable<JudgedPast, PinnedSession<Client, Transaction>, T, Answered<T>>
{
  readonly #parts: EngineParts<Client, Transaction>;
  readonly #request: EngineRequest<Client, Transaction, T>;

  constructor(parts: EngineParts<Client, Transaction>, request: EngineRequest<Client, Transaction, T>) {
    this.#parts = parts;
    this.#request = request;
  }

  get mayRerun(): boolean {
    return !this.#request.writes;
  }

  /**
   * Throws `InvalidConsistencyTokenError`, `BadConsistencyRequestError`, `WriteLostError` (with the token to continue with),
   * `EpochAheadError` or `ConsistencyTimeoutError`.
   */
  async resume(): Promise<JudgedPast> {
    const { database, tokens, clusterId, clock } = this.#parts;
    const { level } = this.#request.intent;
    const nowMs = clock.now();
    const sent = this.#request.tokens.flatMap((token) => tokens.decode(token, nowMs));
    const judgedIn = sent.length === 0 ? null : database.historyTurns;
    const resumed = await database.resume(clusterId, sent);
    refuseTooManyPasts(resumed.session);
    refuseBroken(resumed, database.epochs, (session) => tokens.encode(session));
    const isUnjudged = resumed.isUnjudged && (level === 'SESSION' || level === 'STRONG');
    return { session: resumed.session, isUnjudged, judgedIn };
  }

  open({ session }: JudgedPast, excluded: ReadonlySet<string>): PinnedSession<Client, Transaction> {
    const { intent, writes } = this.#request;
    return this.#parts.database.openSession({ session, intent, writes, excluded });
  }

  async work(pinned: PinnedSession<Client, Transaction>): Promise<T> {
    await pinned.pin();
    return this.#request.work(pinned);
  }

  answer(value: T, { session, decision }: PinnedSession<Client, Transaction>): Answered<T> {
    return { value, token: isEmptySession(session) ? null : this.#parts.tokens.encode(session), decision };
  }
}
