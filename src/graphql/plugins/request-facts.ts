/** How the answer of one request came about, for the log. */
export type DecisionFacts = { readonly node: string; readonly reason: string; readonly waitedMs: number };

/** What the plugins know about one HTTP request beside the request itself. */
export type RequestFacts = {
  /** Safe to log and to send back. */
  requestId: string;
  startedMs: number;
  /** Aborted with a `DeadlineExceededError` when the request has taken too long. */
  deadline: AbortSignal | null;
  operation: { readonly name: string | null; readonly type: string } | null;
  decision: DecisionFacts | null;
};

const factsByRequest = new WeakMap<Request, RequestFacts>();

/** The facts of a request; made when they are first asked for. */
export function factsOf(request: Request): RequestFacts {
  let facts = factsByRequest.get(request);
  if (facts === undefined) {
    facts = { requestId: 'unknown', startedMs: 0, deadline: null, operation: null, decision: null };
    factsByRequest.set(request, facts);
  }
  return facts;
}

/** For the plugin that routes reads: puts the decision into the log line of the request. */
export function recordDecision(request: Request, decision: DecisionFacts): void {
  factsOf(request).decision = decision;
}
