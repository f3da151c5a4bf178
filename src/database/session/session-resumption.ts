/**
 * Brings clients' tokens up to date: each is judged by its epoch and by the source's own history.
 *
 * Usually everything is known and the answer is immediate. What is not known is asked, with a deadline: the source for a
 * position, all servers for an epoch that is unknown to this process.
 */
import type { Cluster } from '../../cluster/cluster.ts';
import { type ClusterSnapshot, isSeen, writableSource } from '../../cluster/cluster-snapshot.ts';
import { type EpochHistory, judgeEpoch } from '../../consistency/epoch.ts';
import { isAhead, type PastVerdict, type ResumedSession, resumeSession } from '../../consistency/resume-session.ts';
import type { Session } from '../../consistency/session.ts';
import type { Clock } from '../../platform/clock.ts';

export type SessionResumptionOptions = {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly epochs: () => EpochHistory;
  /** A token of the present epoch names what its history has lost. */
  readonly onLost: (token: Session) => void;
  /** While an epoch is being recorded: resolves when it is, or takes too long. */
  readonly recorded: () => Promise<void> | null;
};

/** How long a promotion may take to be heard of that a token knows of already. */
const hearingMs = { every: 10, most: 500 };

export class SessionResumption {
  readonly #options: SessionResumptionOptions;

  constructor(options: SessionResumptionOptions) {
    this.#options = options;
  }

  /** Does not reject, and waits no longer than the deadlines of its questions. */
  resume(clusterId: string, tokens: readonly Session[]): ResumedSession | Promise<ResumedSession> {
    return this.#resume(clusterId, tokens, false);
  }

  #resume(clusterId: string, tokens: readonly Session[], isAgain: boolean): ResumedSession | Promise<ResumedSession> {
    const { epochs } = this.#options;
    const history = epochs();
    if (tokens.some((token) => isAhead(token, history))) return this.#resumeAhead(clusterId, tokens);
    const verdicts = new Map<Session, PastVerdict>();
    const asking: Promise<void>[] = [];
    for (const token of tokens) {
      const verdict = this.#verdictOn(token, history);
      if (typeof verdict === 'string') verdicts.set(token, verdict);
      else asking.push(verdict.then((found) => void verdicts.set(token, found)));
    }
    if (asking.length === 0) return this.#onRecord(clusterId, tokens, verdicts);
    return Promise.all(asking).then(() => {
      const hasMoved = !isAgain && [...verdicts.values()].includes('ELSEWHERE');
      return hasMoved ? this.#resumeMoved(clusterId, tokens) : this.#onRecord(clusterId, tokens, verdicts);
    });
  }

  /** The source reports that it no longer is the source. A probe finds the new one; no request is refused before that. */
  async #resumeMoved(clusterId: string, tokens: readonly Session[]): Promise<ResumedSession> {
    const { cluster, clock } = this.#options;
    const untilMs = clock.monotonic() + hearingMs.most;
    const { turns } = cluster.judge;
    const isFound = () => cluster.judge.turns !== turns && writableSource(cluster.snapshot()) !== undefined;
    cluster.probeAgain();
    while (!isFound() && clock.monotonic() < untilMs) await clock.sleep(hearingMs.every);
    return this.#resume(clusterId, tokens, true);
  }

  /**
   * A client that is told of a loss continues in the epoch that begins with it. In the epoch before, a process that does not
   * know of the loss would again show what replicas still have.
   */
  #onRecord(
    clusterId: string,
    tokens: readonly Session[],
    verdicts: ReadonlyMap<Session, PastVerdict>,
  ): ResumedSession | Promise<ResumedSession> {
    const resumed = this.#resumed(clusterId, tokens, verdicts);
    const recorded = resumed.lost.length === 0 ? null : this.#options.recorded();
    return recorded === null ? resumed : recorded.then(() => this.#resumed(clusterId, tokens, verdicts));
  }

  async #resumeAhead(clusterId: string, tokens: readonly Session[]): Promise<ResumedSession> {
    const { cluster, clock, epochs } = this.#options;
    const startedMs = clock.monotonic();
    const isDone = () =>
      !tokens.some((token) => isAhead(token, epochs())) || everybodyWasSeen(cluster.snapshot(), startedMs);
    cluster.probeAgain();
    while (!isDone() && clock.monotonic() < startedMs + hearingMs.most) await clock.sleep(hearingMs.every);
    const history = epochs();
    const verdicts = new Map<Session, PastVerdict>();
    for (const token of tokens) {
      if (!isAhead(token, history)) verdicts.set(token, await this.#verdictOn(token, history));
    }
    return this.#resumed(clusterId, tokens, verdicts, everybodyWasSeen(cluster.snapshot(), startedMs));
  }

  #verdictOn(token: Session, history: EpochHistory): PastVerdict | Promise<PastVerdict> {
    const { position } = token;
    if (position === null) return 'UNJUDGED';
    const verdict = judgeEpoch(token, history);
    if (verdict !== 'current' && verdict !== 'survived') return 'UNJUDGED';
    return this.#options.cluster.judge.judge(position, { recorded: verdict === 'survived' });
  }

  #resumed(
    clusterId: string,
    tokens: readonly Session[],
    verdicts: ReadonlyMap<Session, PastVerdict>,
    everybodyAsked = false,
  ): ResumedSession {
    const { cluster, epochs, onLost } = this.#options;
    const history = epochs();
    const resumed = resumeSession(clusterId, tokens, history, {
      verdictOf: (token) => verdicts.get(token) ?? 'UNJUDGED',
      isForgotten: () => everybodyAsked,
      surviving: (position) => cluster.judge.surviving(position),
    });
    for (const token of resumed.lost) {
      if (judgeEpoch(token, history) !== 'lost') onLost(token);
    }
    return resumed;
  }
}

/** Each server but the backup has answered a probe that began later than this, and one of them accepts writes. */
function everybodyWasSeen(snapshot: ClusterSnapshot, sinceMs: number): boolean {
  const serving = snapshot.filter(({ role }) => role !== 'BACKUP');
  const seen = serving.every((status) => isSeen(status) && (status.asOfMs ?? 0) >= sinceMs);
  return seen && writableSource(snapshot) !== undefined;
}
