/**
 * One operation's access to the database.
 *
 *   unpinned --first read--> pinned to the node that the router chose, for the whole operation
 *   pinned   --its connection is lost, nothing was read yet--> unpinned, that node excluded
 *   pinned   --its connection is lost later--> lost: the operation fails with NODE_LOST and may run again from its start
 *   read     --the node is lost before it reported what was seen--> unobserved: an answer after which only the source is fresh
 *                                                    enough, unless the operation runs again
 *
 * So nested resolvers never see two states. Writes always go to the source, whatever node reads are pinned to.
 */
import type { Position } from '../../consistency/position.ts';
import type { Session } from '../../consistency/session.ts';
import { including, type ReadRequirement } from '../../consistency/session-guarantee.ts';
import { TidemarkError } from '../../errors.ts';
import { Turns } from '../../platform/turns.ts';
import { LimitedFunctionalityError } from '../../routing/errors.ts';
import type { RouteDecision } from '../../routing/route-decision.ts';
import type { RoutedRead } from '../../routing/route-request.ts';
import { incomparable, ValueRefusedError } from '../../servers/refused-value.ts';
import type { RefusedRead } from '../clients/met-faults.ts';
import type { OwnStatements, Selecting } from '../clients/own-statements.ts';
import {
  NodeLostError,
  NotAReadError,
  OverloadedError,
  StatementTimeoutError,
  TransactionOverError,
} from '../errors.ts';
import { isTransactionTimeout } from '../write/source-writer.ts';
import type { Committed, DatabaseSession, Work } from './database-session.ts';
import { faultsSince } from './faults-since.ts';
import { absentOn, noServer } from './no-server.ts';
import type { NodePositions, ReadObservation } from './read-observation.ts';
import { requiredBy, type SessionOpening, type SessionServices } from './session-opening.ts';
import { SessionProgress } from './session-progress.ts';
import { SessionSnapshot } from './session-snapshot.ts';
import { ToldWrites } from './told-writes.ts';

const readsAtOnce = 3;

/** A read by Prisma's client, or by statements of our own. */
type ReadOn<T> = (client: unknown, own: OwnStatements) => Promise<T>;

export class PinnedSession<Client, Transaction> implements DatabaseSession<Client, Transaction> {
  readonly #services: SessionServices<Client, Transaction>;
  readonly #opening: SessionOpening;
  readonly #excluded: Set<string>;
  /** Of the session that it was opened with. */
  readonly #required: ReadRequirement;
  readonly #progress: SessionProgress;
  readonly #writes: ToldWrites<Transaction>;
  readonly #snapshot: SessionSnapshot;
  #pin: Promise<RouteDecision> | null = null;
  #decision: RouteDecision | null = null;
  #endOperation: () => void = () => undefined;
  #ended = false;
  /** Limits the connections that one operation uses at a time, so that others get some. */
  readonly #turns = new Turns(readsAtOnce, Number.POSITIVE_INFINITY);
  #readsOnPin = 0;
  #lostNode: string | null = null;
  /** The error of the first node that could not answer. */
  #refusal: unknown = null;
  /** Each counts a refusal that came too late for another node to be asked in this operation. */
  readonly #refusedLate: (() => void)[] = [];

  constructor(services: SessionServices<Client, Transaction>, opening: SessionOpening) {
    this.#services = services;
    this.#opening = opening;
    this.#excluded = new Set(opening.excluded);
    this.#required = requiredBy(opening);
    this.#progress = new SessionProgress(services, opening, this.#required.observes);
    this.#writes = new ToldWrites(services, this.#progress, opening);
    this.#snapshot = new SessionSnapshot((nodeName) => services.openSnapshot(nodeName));
  }

  get client(): Client {
    return this.#services.composed();
  }

  /** Where this operation is served and why; `null` while it has not needed a node. */
  get decision(): RouteDecision | null {
    return this.#decision;
  }

  /** What the client has written and seen, as far as this operation has come. */
  get session(): Session {
    return this.#progress.session;
  }

  /** The nodes that this operation must not be run on again, when one was lost on the way. */
  get lostNodes(): ReadonlySet<string> | null {
    return this.#lostNode === null ? null : this.#excluded;
  }

  /** What was read belongs to a history that began in the meantime: it means nothing in the session's own. */
  get historyMoved(): boolean {
    return this.#progress.historyMoved;
  }

  /** The node was lost after everything was read: there is an answer, to be used if there is no better one. */
  get unobserved(): boolean {
    return this.#progress.unobserved;
  }

  /** What the reads of a snapshot see; `null` without one. */
  get snapshotPositions(): NodePositions | null {
    return this.#snapshot.positions;
  }

  /** Every read that it has begun was answered. */
  get answeredAll(): boolean {
    return this.#progress.answeredAll;
  }

  get observation(): ReadObservation {
    return this.#progress.observation;
  }

  /** Runs `work` so that every read of this database in it, however deep, belongs to this session. */
  run<T>(work: () => T): T {
    return this.#services.scope.reading(this, work);
  }

  /** Chooses the node. Throws what the router throws. */
  pin(): Promise<RouteDecision> {
    this.#pin ??= this.#choose();
    return this.#pin;
  }

  rows<Row>(statement: Selecting<Row>): Promise<Row[]> {
    return this.read((_, own) => own.rows(statement));
  }

  async read<T>(run: ReadOn<T>): Promise<T> {
    this.#progress.readBegins();
    const turn = this.#turns.take();
    if (turn !== true) await turn;
    try {
      return await this.#readInTurn(run);
    } finally {
      this.#turns.giveBack();
    }
  }

  async #readInTurn<T>(run: ReadOn<T>): Promise<T> {
    let answeredElsewhere = () => {};
    for (;;) {
      const pin = this.pin();
      const { node } = await pin;
      const { pool, direct, own } = this.#services.clients(node);
      const hasMet = faultsSince(pool);
      const refusedBefore = pool.lastRefused;
      const done = this.#services.busy(node);
      try {
        // A backup has no positions that a snapshot could have.
        const isFixed = this.#opening.snapshot === true && this.#decision?.role !== 'BACKUP';
        const snapshot = isFixed ? await this.#snapshot.on(node, pin) : null;
        const value = await (snapshot === null ? run(direct, own) : run(snapshot.reader, snapshot.own));
        // Another read lost this node in the meantime, and the operation moved to another: one answer, one state.
        if (this.#pin !== pin) continue;
        this.#readsOnPin += 1;
        answeredElsewhere();
        this.#progress.readEnds();
        return value;
      } catch (error) {
        const refused = pool.lastRefused === refusedBefore ? null : pool.lastRefused;
        if (hasMet('CONNECTION')) this.#lost(node, pin, error);
        else if (hasMet('EXHAUSTED')) throw new OverloadedError(error);
        else if (hasMet('STATEMENT_TIMEOUT') || hasMet('LOCK_TIMEOUT')) throw new StatementTimeoutError(error);
        else if (this.#snapshot.isBegun && isOver(error)) throw new StatementTimeoutError(error);
        else if (hasMet('VALUE')) throw new ValueRefusedError(incomparable, error);
        else if (this.#decision?.role === 'BACKUP') throw noServer(error);
        else if (hasMet('ABSENT')) answeredElsewhere = await this.#unable(node, pin, refused, absentOn(error));
        else if (hasMet('UNABLE') || hasMet('CHANGED'))
          answeredElsewhere = await this.#unable(node, pin, refused, noServer(error));
        else
          throw hasMet('READ_ONLY') && !(error instanceof TidemarkError)
            ? new NotAReadError(undefined, 'A query', error)
            : error;
      } finally {
        done();
      }
    }
  }

  /**
   * The node cannot answer this: another may. `error` is reported if two say so, or if no other node is left. Returns what is to be
   * called when another has answered it.
   */
  async #unable(
    node: string,
    pin: Promise<RouteDecision>,
    read: RefusedRead | null,
    error: unknown,
  ): Promise<() => void> {
    const answeredElsewhere = this.#services.refused(node, read);
    // Refused by the first node as well, when that had been left already.
    if (this.#refusal !== null && this.#pin === pin) throw this.#refusal;
    try {
      this.#lost(node, pin, error);
    } catch (lost) {
      this.#refusedLate.push(answeredElsewhere);
      throw lost;
    }
    this.#refusal = error;
    try {
      await this.pin();
    } catch (refusal) {
      throw this.#services.canServe(node) ? error : refusal;
    }
    return answeredElsewhere;
  }

  /** Another node has answered everything that nodes have refused here. */
  answeredElsewhere(): void {
    for (const count of this.#refusedLate.splice(0)) count();
  }

  /** What the writes of this operation have changed, as far as they say. Grows while it runs. */
  get changes(): readonly unknown[] {
    return this.#writes.changes;
  }

  write<T>(work: Work<Transaction, T>, describe?: (value: T) => unknown): Promise<Committed<T>> {
    return this.#writes.write(work, describe);
  }

  annotate<T>(work: Work<Transaction, T>): Promise<T> {
    return this.#services.writer.annotate(work);
  }

  adopt(position: Position, issuedAtMs: number): void {
    this.#progress.adopt(position, issuedAtMs);
  }

  requireSource(): void {
    this.#progress.requireSource();
  }

  /** Advances the session by what its reads may have seen. Without an answer, only the source is fresh enough from now on. */
  async observe(): Promise<void> {
    if (this.#decision === null) return;
    const lost = await this.#progress.observe(this.#decision, this.#snapshot.positions);
    if (lost === null) return;
    this.#lostNode = lost;
    this.#excluded.add(lost);
  }

  /** Gives the node back. A choice that is still being made is given back when it comes. */
  end(): void {
    this.#ended = true;
    this.#endOperation();
    this.#snapshot.end();
  }

  async #choose(): Promise<RouteDecision> {
    const services = this.#services;
    const { decision, end } = this.#opening.writes ? services.routeWrite() : await services.routeRead(this.#request());
    this.#decision = decision;
    this.#endOperation = end;
    if (this.#ended) end();
    return decision;
  }

  #request(): RoutedRead {
    const { session: opened, signal } = this.#opening;
    const { session } = this.#progress;
    const required = session === opened ? this.#required : including(this.#required, session);
    return { ...required, excluded: this.#excluded, ...(signal && { signal }) };
  }

  /** Leaves the node so that the next turn of `read` chooses another, or throws when too much was seen on this one. */
  #lost(node: string, pin: Promise<RouteDecision>, cause: unknown): void {
    // Left already, and nothing that it answered was kept.
    if (this.#pin !== pin) return;
    const tried = this.#excluded.has(node);
    this.#excluded.add(node);
    if (this.#readsOnPin > 0 || this.#opening.writes || tried) {
      this.#lostNode = node;
      throw cause instanceof LimitedFunctionalityError ? cause : new NodeLostError(node, cause);
    }
    this.#endOperation();
    this.#snapshot.leave();
    this.#pin = null;
  }
}

/** Nothing but time ends a snapshot before its operation. */
function isOver(error: unknown): boolean {
  return error instanceof TransactionOverError || isTransactionTimeout(error);
}
