/** One GraphQL operation: its consistency input, its execution in a session, and what its answer reports. */
import type { ExecutionArgs, ExecutionResult } from 'graphql';
import type { ReadCache } from '../../cache/read-cache.ts';
import type { ConsistencyDefaults, ConsistencyRequest, WithTokens } from '../../consistency/consistency-request.ts';
import { isEmptySession, type Session, withoutOthers } from '../../consistency/session.ts';
import type { OrdersPinnedSession } from '../../database/orders/orders-client.ts';
import type { OrderReads } from '../../orders/order-reads.ts';
import { anySignal } from '../../platform/any-signal.ts';
import type { RouteDecision } from '../../routing/route-decision.ts';
import type { OperationContext } from '../context.ts';
import { factsOf, recordDecision, recordOutput } from '../request-facts.ts';
import type { OperationInput } from './consistency-input.ts';
import { consistencyExtension } from './consistency-output.ts';
import { type ResumedPast, type ResumeOptions, resumeTokens } from './resume-tokens.ts';

export type OperationOptions = ResumeOptions & {
  /** `null` if every operation reads for itself. */
  readonly cache: ReadCache | null;
  readonly defaults: ConsistencyDefaults;
  readonly randomBytes: (count: number) => Uint8Array;
};

export type Execute = (args: ExecutionArgs) => unknown;

type OfRequest = 'client' | 'cluster' | 'clusterEvents' | 'routingLog' | 'jobs' | 'orderChanges';

export class Operation {
  readonly options: OperationOptions;
  readonly input: OperationInput;
  readonly asked: ConsistencyRequest & WithTokens;
  readonly #execute: Execute;
  readonly #args: ExecutionArgs;

  constructor(
    options: OperationOptions,
    input: OperationInput,
    asked: ConsistencyRequest & WithTokens,
    execute: Execute,
    args: ExecutionArgs,
  ) {
    this.options = options;
    this.input = input;
    this.asked = asked;
    this.#execute = execute;
    this.#args = args;
  }

  get writes(): boolean {
    return this.input.operation.operation === 'mutation';
  }

  /** What the client has seen before, as judged now. */
  resume(): ResumedPast | Promise<ResumedPast> {
    return resumeTokens(this.options, this.input, this.asked);
  }

  async execute(
    pinned: OrdersPinnedSession,
    orders: OrderReads,
    special: Pick<OperationContext, 'pageToken'> | null = null,
  ): Promise<ExecutionResult> {
    if (this.writes) factsOf(this.input.request).changes.push(pinned.changes);
    const contextValue = { ...(this.#args.contextValue as object), ...this.#context(pinned, orders), ...special };
    return (await pinned.run(() => this.#execute({ ...this.#args, contextValue }))) as ExecutionResult;
  }

  /** The answer with its own freshness added. */
  finish(
    result: ExecutionResult,
    { session, whole, badCookie }: ResumedPast,
    pinned: OrdersPinnedSession,
    decision: RouteDecision | null,
    ageMs: number | null = null,
  ): ExecutionResult {
    const { request } = this.input;
    // A token that leaves out a part of what was sent must not replace the client's.
    const token = whole ? this.token(pinned.session) : null;
    if (decision !== null) recordDecision(request, decision);
    const keeps = (pinned.session === session || !whole) && !badCookie;
    recordOutput(request, { token, cookie: keeps ? 'KEEP' : 'SET' });
    const positionTooLong = token !== null && !this.options.tokens.fits(pinned.session);
    const consistency = {
      ...consistencyExtension(this.asked.level, decision, token, ageMs),
      ...(positionTooLong && { positionTooLong }),
    };
    return { ...result, extensions: { ...result.extensions, consistency } };
  }

  /** `null` if there is nothing to carry. */
  token(session: Session): string | null {
    return isEmptySession(session) ? null : this.options.tokens.encode(session);
  }

  /** Ends waits when the client disconnects or the request deadline passes. */
  readonly signal = (): AbortSignal => {
    const { request } = this.input;
    const { deadline } = factsOf(request);
    return anySignal(deadline === null ? [request.signal] : [request.signal, deadline]);
  };

  #context(pinned: OrdersPinnedSession, orders: OrderReads): Omit<OperationContext, OfRequest> {
    const { clock, randomBytes } = this.options;
    const { request } = this.input;
    const consistencyToken = () => this.token(pinned.session);
    return {
      requestId: factsOf(request).requestId,
      session: pinned,
      orders,
      clock,
      randomBytes,
      consistencyToken,
      // A cursor in a list of this database: its position is all that the next page needs.
      pageToken: async () => {
        await pinned.observe();
        return this.token(withoutOthers(pinned.session));
      },
    };
  }
}
