import type { ConsistencyLevel } from '../consistency/levels.ts';
import type { Position } from '../consistency/position.ts';
import type { RouteDecision } from '../routing/route-decision.ts';
import type { Caller } from './caller.ts';

/** How the HTTP answer carries the session on. */
export type CookieChange = 'KEEP' | 'SET' | 'CLEAR';
export type SessionOutput = { readonly token: string | null; readonly cookie: CookieChange };

/** What a request asked of the node that answers it. */
export type RoutedFacts = { readonly level: ConsistencyLevel; readonly required: Position | null };

/** Says of a request that it is not short; what it does between two pieces of its work. */
export type LongWork = { readonly isLong: () => void; readonly standBack: () => Promise<void> };

/** What the plugins know about one HTTP request beside the request itself. */
export type RequestFacts = {
  /** Safe to log and to send back. */
  requestId: string;
  startedMs: number;
  /** `null` for a request that came over no network. */
  caller: Caller | null;
  /** Aborted with a `DeadlineExceededError` when the request has taken too long. */
  deadline: AbortSignal | null;
  operation: { readonly name: string | null; readonly type: string } | null;
  /** `null` for a request that needs no node, or was refused before it could ask for one. */
  routed: RoutedFacts | null;
  /** Which node answered, and why. */
  decision: RouteDecision | null;
  /** What its answer brings its client; `null` when it says nothing of a session. */
  output: SessionOutput | null;
  /** Ids of orders that it has changed: who wrote what is asked later. */
  written: string[];
  /** Points that its operation costs, as `operation-cost.ts` counts them. */
  cost: number;
  /** The same where every list that may be long is as long as it may be. */
  mostCost: number;
  /** `null` for a request that came over no network. */
  longWork: LongWork | null;
};

const factsByRequest = new WeakMap<Request, RequestFacts>();

/** The facts of a request; made when they are first asked for. */
export function factsOf(request: Request): RequestFacts {
  let facts = factsByRequest.get(request);
  if (facts === undefined) {
    facts = {
      requestId: 'unknown',
      startedMs: 0,
      caller: null,
      deadline: null,
      operation: null,
      routed: null,
      decision: null,
      output: null,
      written: [],
      cost: 0,
      mostCost: 0,
      longWork: null,
    };
    factsByRequest.set(request, facts);
  }
  return facts;
}

/** For the plugin that routes: says what is asked, before a node is looked for. */
export function recordRouted(request: Request, routed: RoutedFacts): void {
  factsOf(request).routed = routed;
}

/** For the plugin that routes reads: puts the decision into the log line of the request. */
export function recordDecision(request: Request, decision: RouteDecision): void {
  factsOf(request).decision = decision;
}

/** For the plugin that carries sessions on: what the answer brings the client. */
export function recordOutput(request: Request, output: SessionOutput): void {
  factsOf(request).output = output;
}
