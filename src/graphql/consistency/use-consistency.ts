/**
 * Token in, one database session per operation, token out.
 *
 *   tokens (header, directive, cookie, cursors) --verified, judged by epoch, merged--> session
 *   level, when-behind, bounds (directive before header before default)            --> intent
 *   query: a node is chosen before the first field is resolved; mutation: the source
 *   after the data: the session advances by what was seen, and goes out as header, extension and, when it advanced, cookie
 *
 * A query whose node is lost in the middle is run again from its start on another one, so an answer never mixes two. So is
 * one whose node is lost before it told what the answer shows, or that a promotion has overtaken; only when nobody else will
 * do, that answer goes out.
 * What many ask for alike may be answered from what was read for somebody else: then no node is chosen, and what is shown
 * counts as seen.
 */

import { type ExecutionArgs, type ExecutionResult, getOperationAST, type OperationDefinitionNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { CachedAnswer } from '../../cache/cached-answer.ts';
import type { Fill } from '../../cache/fill.ts';
import type { CacheHit, ReadCache } from '../../cache/read-cache.ts';
import { nodeRoles } from '../../cluster/node.ts';
import {
  type ConsistencyDefaults,
  type ConsistencyRequest,
  parseConsistencyRequest,
} from '../../consistency/consistency-request.ts';
import { currentEpoch } from '../../consistency/epoch.ts';
import { WriteLostError } from '../../consistency/errors.ts';
import { advanceSession, emptySession, isEmptySession, type Session } from '../../consistency/session.ts';
import { requirementFor } from '../../consistency/session-guarantee.ts';
import type { OrdersPinnedSession } from '../../database/orders/orders-client.ts';
import { TidemarkError } from '../../errors.ts';
import { type KeptReads, keptReads, NotedReads, readToKeep } from '../../orders/kept-reads.ts';
import type { CommittedChange } from '../../orders/order-change.ts';
import { type OrderReads, readOrders } from '../../orders/order-reads.ts';
import { LimitedFunctionalityError, retryAfterMs } from '../../routing/errors.ts';
import type { RouteDecision } from '../../routing/route-decision.ts';
import type { OperationContext } from '../context.ts';
import { toGraphqlError } from '../error-codes.ts';
import type { CommonReads } from '../orders/common-order-reads.ts';
import { factsOf, recordDecision, recordRouted } from '../request-facts.ts';
import { askCache, type CacheAnswer } from './ask-cache.ts';
import { needsDatabase, type OperationInput, rawConsistencyRequest } from './consistency-input.ts';
import {
  type CookieNames,
  consistencyExtension,
  cookieNamesFor,
  lossExtension,
  type SessionOutput,
  writeSession,
} from './consistency-output.ts';
import { ExecutedAnswers } from './executed-answers.ts';
import { type ResumedPast, type ResumeOptions, resumeOperation } from './resume-operation.ts';

export type ConsistencyOptions = ResumeOptions & {
  /** `null` where every operation reads for itself. */
  readonly cache: ReadCache | null;
  readonly defaults: ConsistencyDefaults;
  readonly cookieMaxAgeS: number;
  /** Which cluster this is, by its servers; `null` until it is known. */
  readonly identity: () => string | null;
  /** A mutation has committed; `epoch` is that of its session. */
  readonly announce: (change: CommittedChange, epoch: number) => void;
  readonly randomBytes: (count: number) => Uint8Array;
};

type Execute = (args: ExecutionArgs) => unknown;
/** One operation on its way, whichever node it is tried on. */
type Turn = ResumedPast & {
  readonly execute: Execute;
  readonly asked: ConsistencyRequest;
  readonly output: (output: SessionOutput) => void;
  /** What the client has seen before, as it is judged now. */
  readonly resume: () => ResumedPast | Promise<ResumedPast>;
};
type YogaContext = { readonly request: Request };

/** How often a query may be run again because its node was lost. */
const maxRuns = 3;

export function useConsistency(options: ConsistencyOptions): Plugin {
  const { clusterId, identity, cookieMaxAgeS } = options;
  let names = { of: null as string | null, names: cookieNamesFor(clusterId, null) };
  const cookieNames = () => {
    const of = identity();
    if (of !== names.of) names = { of, names: cookieNamesFor(clusterId, of) };
    return names.names;
  };
  const outputs = new WeakMap<Request, SessionOutput>();
  const executedAnswers = new ExecutedAnswers();
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const operation = getOperationAST(args.document, args.operationName);
      if (operation == null) return;
      setExecuteFn((executed: ExecutionArgs) => {
        const answering = new Operation(options, executedAnswers, cookieNames(), executed, operation);
        return answering.answer(executeFn as Execute, (output) => outputs.set(answering.request, output));
      });
    },
    onResponse({ request, response }) {
      const output = outputs.get(request);
      if (output === undefined) return;
      writeSession(request, response.headers, output, { cookieName: cookieNames().own, cookieMaxAgeS });
    },
  };
}

class Operation {
  readonly request: Request;
  readonly #options: ConsistencyOptions;
  readonly #executedAnswers: ExecutedAnswers;
  readonly #args: ExecutionArgs;
  readonly #operation: OperationDefinitionNode;
  readonly #input: OperationInput;
  readonly #cookieNames: CookieNames;

  constructor(
    options: ConsistencyOptions,
    executedAnswers: ExecutedAnswers,
    cookieNames: CookieNames,
    args: ExecutionArgs,
    operation: OperationDefinitionNode,
  ) {
    this.request = (args.contextValue as YogaContext).request;
    this.#options = options;
    this.#executedAnswers = executedAnswers;
    this.#args = args;
    this.#operation = operation;
    this.#cookieNames = cookieNames;
    const { schema, document, variableValues: variables = {} } = args;
    this.#input = { request: this.request, schema, document, operation, variables: variables ?? {} };
  }

  async answer(execute: Execute, output: (output: SessionOutput) => void): Promise<ExecutionResult> {
    const raw = rawConsistencyRequest(this.#input, this.#cookieNames);
    try {
      const asked = parseConsistencyRequest(raw, this.#options.defaults);
      if (!needsDatabase(this.#input)) return (await execute(this.#args)) as ExecutionResult;
      recordRouted(this.request, { level: asked.level, required: null });
      const resume = () => resumeOperation(this.#options, this.#input, asked);
      // Nothing to wait for in ordinary times.
      const resuming = resume();
      const past = resuming instanceof Promise ? await resuming : resuming;
      const { session } = past;
      if (this.#operation.operation === 'query') {
        recordRouted(this.request, { level: asked.level, required: requirementFor(asked.level, session).position });
      }
      return await this.#answer({ execute, asked, ...past, output, resume });
    } catch (error) {
      if (!(error instanceof TidemarkError)) throw error;
      const refused = { errors: [toGraphqlError(error)] };
      if (!(error instanceof WriteLostError)) return refused;
      // A browser cannot drop a cookie that scripts don't see: what is left takes its place, and the next request works.
      output({ token: error.token, cookie: 'SET' });
      return { ...refused, extensions: { consistency: lossExtension(error.token) } };
    }
  }

  /** From the cache, for it, or past it. */
  async #answer(turn: Turn): Promise<ExecutionResult> {
    const { asked, session, whole } = turn;
    const signal = () => this.#signal();
    const cached = whole ? await askCache(this.#options, this.#input, asked, session, signal) : null;
    switch (cached?.turn.kind) {
      case 'HIT': {
        const { refresh } = cached.turn;
        try {
          return await this.#show(turn, cached.turn, cached.reads);
        } finally {
          refresh?.inBackground(() => this.#refresh(turn, cached.reads, refresh));
        }
      }
      case 'FILL':
        try {
          return await this.#run(turn, { cached });
        } finally {
          cached.turn.fill.giveUp();
        }
      default:
        return this.#run(turn);
    }
  }

  async #run(
    turn: Turn,
    {
      run = 1,
      excluded = new Set(),
      cached = null,
    }: { run?: number; excluded?: ReadonlySet<string>; cached?: CacheAnswer | null } = {},
  ): Promise<ExecutionResult> {
    const { asked, session } = turn;
    const { database } = this.#options;
    const writes = this.#operation.operation === 'mutation';
    const snapshot = cached !== null;
    const signal = () => this.#signal();
    const pinned = database.openSession({ session, intent: asked, writes, snapshot, excluded, signal });
    try {
      await pinned.pin();
      const reads = new NotedReads(readOrders(pinned));
      const result = await this.#execute(turn, pinned, snapshot ? reads : readOrders(pinned));
      if (pinned.lostNodes === null) await pinned.observe();
      if (pinned.lostNodes !== null && !writes && run < maxRuns) {
        // From the start: what the lost run had seen goes to nobody.
        const again = this.#run(turn, { run: run + 1, excluded: pinned.lostNodes, cached });
        const better = await (pinned.unobserved ? unlessRefused(again) : again);
        if (better !== null) return better;
      } else if (pinned.historyMoved && run < maxRuns) {
        // A token of the history that has ended would leave only the source, which nobody may know yet.
        const better = await unlessRefused(
          this.#run({ ...turn, ...(await turn.resume()) }, { run: run + 1, excluded }),
        );
        if (better !== null) return better;
      }
      const judgedElsewhere = turn.judgedIn !== null && turn.judgedIn !== database.historyTurns;
      if ((turn.isUnjudged || judgedElsewhere) && !writes) await this.#judgeNow(turn, pinned);
      if (cached?.turn.kind === 'FILL' && result.errors === undefined) {
        await this.#keep(cached.turn.fill, reads.valuesOf(cached.reads.names), pinned);
      }
      return this.#finish(result, turn, pinned, pinned.decision);
    } finally {
      pinned.end();
    }
  }

  /**
   * Nobody could be asked whether the source has what the client has seen, and meanwhile there may be another one that has not.
   * Throws when that is so, or when the source answered and still does not tell.
   */
  async #judgeNow(turn: Turn, { decision }: OrdersPinnedSession): Promise<void> {
    const { isUnjudged } = await turn.resume();
    if (!isUnjudged || decision?.role !== 'SOURCE') return;
    throw new LimitedFunctionalityError('The source has not told yet whether it has what you have seen', {
      facts: { retryAfterMs },
    });
  }

  /** What is shown counts as seen; what it does not hold is read where it is seen, too. */
  async #show(turn: Turn, { answer, ageMs, waitedMs }: CacheHit, reads: CommonReads): Promise<ExecutionResult> {
    const { asked, session } = turn;
    const { database, clock } = this.#options;
    const { node, seen: shown } = answer;
    const opening = { session, intent: asked, writes: false, shown, signal: () => this.#signal() };
    const pinned = database.openSession(opening);
    try {
      if (asked.level !== 'EVENTUAL') pinned.adopt(shown, clock.now());
      const result = await this.#madeOf(answer, turn, pinned, reads);
      if (pinned.lostNodes !== null) return await this.#run(turn, { run: 2, excluded: pinned.lostNodes });
      await pinned.observe();
      const role = nodeRoles.find((known) => known === answer.role) ?? 'REPLICA';
      const hit = { node, role, reason: 'cache-hit', waitedMs } as const;
      return this.#finish(result, turn, pinned, pinned.decision ?? hit, ageMs);
    } finally {
      pinned.end();
    }
  }

  async #madeOf(
    answer: CachedAnswer,
    turn: Turn,
    pinned: OrdersPinnedSession,
    reads: CommonReads,
  ): Promise<ExecutionResult> {
    const known = reads.alone ? this.#executedAnswers.find(answer, reads) : null;
    if (known !== null) return known;
    // Whoever goes on behind the page has seen the page: what else this client has seen is its own.
    const nothing = emptySession(turn.session.clusterId, answer.epoch);
    const seen = advanceSession(nothing, answer.seen, this.#options.clock.now());
    const pageToken = async () => this.#token(seen);
    const orders = keptReads(answer.values, readOrders(pinned));
    const result = await this.#execute(turn, pinned, orders, { pageToken });
    if (reads.alone && pinned.decision === null && result.errors === undefined && result.data) {
      this.#executedAnswers.keep(answer, reads, result.data);
    }
    return result;
  }

  /** What the operation reads once more, for nobody but the cache; and what it makes of that, so that the next one finds both. */
  async #refresh(turn: Turn, reads: CommonReads, fill: Fill): Promise<void> {
    const { session, asked } = turn;
    const { database } = this.#options;
    const pinned = database.openSession({ session, intent: asked, writes: false, snapshot: true });
    let kept: CachedAnswer | null = null;
    try {
      const values = await pinned.run(() => readToKeep(readOrders(pinned), reads.reads));
      kept = await this.#keep(fill, values, pinned);
    } finally {
      pinned.end();
    }
    if (kept === null || !reads.alone) return;
    const showing = database.openSession({ session, intent: asked, writes: false, shown: kept.seen });
    try {
      await this.#madeOf(kept, turn, showing, reads);
    } finally {
      showing.end();
    }
  }

  /** Only what was read completely, in a state that is known, of the history that the question was asked in. */
  async #keep(
    fill: Fill,
    values: KeptReads | null,
    { decision, snapshotPositions: positions, session }: OrdersPinnedSession,
  ): Promise<CachedAnswer | null> {
    if (values === null || positions === null || decision === null) return null;
    if (!this.#options.database.tellsPosition(decision.node)) return null;
    if (decision.role === 'BACKUP' || currentEpoch(this.#options.database.epochs) !== session.epoch) return null;
    const { node, role } = decision;
    return fill.keep({ node, role, includes: positions.reached, seen: positions.observed, values });
  }

  async #execute(
    { execute }: Turn,
    pinned: OrdersPinnedSession,
    orders: OrderReads,
    special: Pick<OperationContext, 'pageToken'> | null = null,
  ): Promise<ExecutionResult> {
    const contextValue = { ...(this.#args.contextValue as object), ...this.#context(pinned, orders), ...special };
    return (await pinned.run(() => execute({ ...this.#args, contextValue }))) as ExecutionResult;
  }

  #finish(
    result: ExecutionResult,
    turn: Turn,
    pinned: OrdersPinnedSession,
    decision: RouteDecision | null,
    ageMs: number | null = null,
  ): ExecutionResult {
    const { asked, session, whole, badCookie, output } = turn;
    // A token that leaves out a part of what was sent must not take the place of what the client has.
    const token = whole ? this.#token(pinned.session) : null;
    if (decision !== null) recordDecision(this.request, decision);
    const keeps = (pinned.session === session || !whole) && !badCookie;
    output({ token, cookie: keeps ? 'KEEP' : 'SET' });
    const positionTooLong = token !== null && !this.#options.tokens.fits(pinned.session);
    const consistency = {
      ...consistencyExtension(asked.level, decision, token, ageMs),
      ...(positionTooLong && { positionTooLong }),
    };
    return { ...result, extensions: { ...result.extensions, consistency } };
  }

  #context(
    pinned: OrdersPinnedSession,
    orders: OrderReads,
  ): Omit<OperationContext, 'client' | 'cluster' | 'clusterEvents' | 'routingLog' | 'jobs' | 'orderChanges'> {
    const { clock, randomBytes, announce } = this.#options;
    const { epoch } = pinned.session;
    const consistencyToken = () => this.#token(pinned.session);
    return {
      requestId: factsOf(this.request).requestId,
      session: pinned,
      orders,
      clock,
      onCommitted: (change) => {
        factsOf(this.request).written.push(String(change.id));
        announce(change, epoch);
      },
      randomBytes,
      consistencyToken,
      pageToken: async () => {
        await pinned.observe();
        return consistencyToken();
      },
    };
  }

  #token(session: Session): string | null {
    return isEmptySession(session) ? null : this.#options.tokens.encode(session);
  }

  /** Ends waits when the client has gone or the request took too long. */
  #signal(): AbortSignal {
    const { deadline } = factsOf(this.request);
    return deadline === null ? this.request.signal : AbortSignal.any([this.request.signal, deadline]);
  }
}

/** `null` when it is refused: for whoever has another answer. */
async function unlessRefused(answer: Promise<ExecutionResult>): Promise<ExecutionResult | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TidemarkError) return null;
    throw error;
  }
}
