import type { ConsistencyRequest } from '../consistency/consistency-request.ts';
import type { ReadRequirement } from '../consistency/session-guarantee.ts';
import type { RouteDecision } from '../routing/route-decision.ts';
import type { Caller } from './caller.ts';

/** How the HTTP response carries the session. */
export type CookieChange = 'KEEP' | 'SET' | 'CLEAR';
export type SessionOutput = { readonly token: string | null; readonly cookie: CookieChange };

/** Marks a request as long; between two pieces of work it can yield. */
export type LongWork = { readonly isLong: () => void; readonly standBack: () => Promise<void> };

/** What the plugins know about one HTTP request beyond the request itself. */
export type RequestFacts = {
  /** Safe to log and to send back. */
  requestId: string;
  startedMs: number;
  /** `null` if the request did not come over the network. */
  caller: Caller | null;
  /** Aborted with a `DeadlineExceededError` at the request deadline. */
  deadline: AbortSignal | null;
  operation: { readonly name: string | null; readonly type: string } | null;
  /** What it asked of a node; `null` if the request needs none, or was refused before it could ask for one. */
  asked: ConsistencyRequest | null;
  /** What that requires for its client, of a request that reads; `null` until it is known. */
  required: ReadRequirement | null;
  /** The node that answered, and why. */
  decision: RouteDecision | null;
  /** What its response carries for its client; `null` without a session. */
  output: SessionOutput | null;
  /** What its mutations have changed, a list for each, for the audit of writes. The lists grow while it runs. */
  changes: (readonly unknown[])[];
  /** Cost of its operation in points, as `operation-cost.ts` counts them. */
  cost: number;
  /** The same at the maximum length of every list. */
  maxCost: number;
  /** `null` if the request did not come over the network. */
  longWork: LongWork | null;
};

const factsByRequest = new WeakMap<Request, RequestFacts>();

/** The facts of a request, created on first use. */
export function factsOf(request: Request): RequestFacts {
  let facts = factsByRequest.get(request);
  if (facts === undefined) {
    facts = {
      requestId: 'unknown',
      startedMs: 0,
      caller: null,
      deadline: null,
      operation: null,
      asked: null,
      required: null,
      decision: null,
      output: null,
      changes: [],
      cost: 0,
      maxCost: 0,
      longWork: null,
    };
    factsByRequest.set(request, facts);
  }
  return facts;
}

/** For the routing plugin: records what is asked for, before a node is chosen. */
export function recordAsked(request: Request, asked: ConsistencyRequest): void {
  factsOf(request).asked = asked;
}

/** Likewise, once it is known what the client has seen. */
export function recordRequired(request: Request, required: ReadRequirement): void {
  factsOf(request).required = required;
}

/** For the routing plugin: puts the decision into the request's log line. */
export function recordDecision(request: Request, decision: RouteDecision): void {
  factsOf(request).decision = decision;
}

/** For the plugin that carries sessions: what the response brings the client. */
export function recordOutput(request: Request, output: SessionOutput): void {
  factsOf(request).output = output;
}
