/** What the client of one operation has written and seen, as far as the operation has come. Only this sets it. */
import type { Position } from '../../consistency/position.ts';
import { advanceSession, requireSource, type Session, settleOnSource } from '../../consistency/session.ts';
import type { RouteDecision } from '../../routing/route-decision.ts';
import type { Committed } from './database-session.ts';
import { type NodePositions, ReadObservation } from './read-observation.ts';
import type { SessionOpening, SessionServices } from './session-opening.ts';

type ProgressServices = Pick<
  SessionServices<unknown, unknown>,
  | 'believes'
  | 'clock'
  | 'epoch'
  | 'historyTurn'
  | 'isBlind'
  | 'isThere'
  | 'learned'
  | 'logsAhead'
  | 'observe'
  | 'sourceSure'
  | 'untilBelieved'
  | 'vouchedAtMs'
>;

export class SessionProgress {
  readonly #services: ProgressServices;
  readonly #writes: boolean;
  readonly #observes: boolean;
  /** Of the source, when the session was judged. */
  readonly #turn: number;
  readonly observation: ReadObservation;
  #session: Session;
  /** Reads of this operation that have begun, that are done, and how many of them the session has advanced by. */
  #readsBegun = 0;
  #reads = 0;
  #observedReads = 0;
  /** This operation wrote, or was shown, something that no position covers. */
  #onlyOnSource = false;
  #unobserved = false;
  #historyMoved = false;

  constructor(services: ProgressServices, { session, writes }: SessionOpening, observes: boolean) {
    this.#services = services;
    this.#writes = writes;
    this.#observes = observes;
    this.#session = session;
    this.#turn = services.historyTurn();
    this.observation = new ReadObservation(observes && !writes);
  }

  get session(): Session {
    return this.#session;
  }

  /** What was read belongs to a history that began in the meantime: it means nothing in the session's own. */
  get historyMoved(): boolean {
    return this.#historyMoved;
  }

  /** The node was lost after everything was read, but before it reported what was seen. */
  get unobserved(): boolean {
    return this.#unobserved;
  }

  get answeredAll(): boolean {
    return this.#reads === this.#readsBegun;
  }

  readBegins(): void {
    this.#readsBegun += 1;
  }

  readEnds(): void {
    this.#reads += 1;
  }

  /** The client also sees what a transaction reads, above all if it refuses to write. Returns the number of such reads. */
  transactionReads(): number {
    this.#reads += 1;
    return this.#reads;
  }

  /** A transaction of this operation, the last of this many reads, was committed. Returns the part of it that is valid by now. */
  async committed<T>(written: Committed<T>, reads: number): Promise<Committed<T>> {
    // On a source that has gone back meanwhile, the position would hide what it has lost.
    const committed = (await this.#turned()) ? { ...written, position: null, onlyOnSource: true } : written;
    if (committed.position !== null) this.adopt(committed.position, committed.issuedAtMs);
    if (committed.onlyOnSource) this.requireSource();
    if (committed.includesItsReads && this.#observedReads === reads - 1) this.#observedReads = reads;
    return committed;
  }

  adopt(position: Position, issuedAtMs: number): void {
    this.#advance(advanceSession, position, issuedAtMs);
  }

  requireSource(): void {
    this.#session = requireSource(this.#session);
    this.#onlyOnSource = true;
  }

  /**
   * Advances by what the reads may have seen on the node that served them. Returns the node's name if it was lost while asked.
   */
  async observe({ node, role }: RouteDecision, snapshot: NodePositions | null): Promise<string | null> {
    const reads = this.#reads;
    if (!this.#observes || reads === this.#observedReads) return null;
    // The backup has no positions: what was seen there is no promise for later.
    if (role === 'BACKUP') return null;
    if (this.#onlyOnSource || this.#services.isBlind(node)) {
      this.#session = requireSource(this.#session);
      this.#observedReads = Math.max(this.#observedReads, reads);
      return null;
    }
    let lost: string | null = null;
    try {
      const onTheWay = this.#observedOnTheWay({ node, role }, reads, snapshot);
      const position = onTheWay ?? (await this.#services.observe(node));
      // Only the source would be fresh enough for the next request, and it is not known yet which server that is. A server that was
      // replaced may have come back with what no other has: that is never believed.
      const isReplaced = role === 'SOURCE' && this.#hasTurned;
      if (!isReplaced && !this.#services.believes(position)) await this.#services.untilBelieved(position);
      const turned = role === 'SOURCE' && (await this.#turned());
      this.#historyMoved = !this.#writes && (turned || this.#services.epoch() !== this.#session.epoch);
      if (turned) this.requireSource();
      else if (role === 'SOURCE') this.#advance(settleOnSource, position, this.#services.clock.now());
      else this.#advance(advanceSession, position, this.#services.vouchedAtMs());
    } catch {
      this.#session = requireSource(this.#session);
      // A lost connection comes first, and only the next probe tells whether its server is lost, too.
      if (!this.#writes && !(await this.#services.isThere(node))) {
        this.#unobserved = true;
        lost = node;
      }
    }
    // Several may observe at once: each covers the reads that were done when it began.
    this.#observedReads = Math.max(this.#observedReads, reads);
    return lost;
  }

  #observedOnTheWay(
    { node, role }: Pick<RouteDecision, 'node' | 'role'>,
    reads: number,
    snapshot: NodePositions | null,
  ): Position | null {
    // With another read under way it would be unclear whose statement was followed by the question.
    const positions = snapshot ?? (this.#readsBegun === reads ? this.observation.after(reads) : null);
    if (positions === null) return null;
    if (role === 'SOURCE' && this.#services.logsAhead(node)) return null;
    if (role === 'REPLICA') this.#services.learned(node, positions.reached);
    return positions.observed;
  }

  /** The source is not the one any more by which the session was judged. */
  async #turned(): Promise<boolean> {
    await this.#services.sourceSure();
    return this.#hasTurned;
  }

  get #hasTurned(): boolean {
    return this.#services.historyTurn() !== this.#turn;
  }

  /** A position from behind a promotion means nothing in the session's epoch: then only the source is fresh enough. */
  #advance(how: typeof advanceSession, position: Position, atMs: number): void {
    const sameEpoch = this.#services.epoch() === this.#session.epoch && this.#services.believes(position);
    this.#session = sameEpoch ? how(this.#session, position, atMs) : requireSource(this.#session);
  }
}
