/**
 * Verifies the tokens of an operation and resolves them against the current epoch.
 *
 * A lost write is reported to the clients that were promised to see it, and the answer carries a token of what is left. A cursor
 * cannot be replaced: it carries the token of its page. So a client that also sends a valid token newer than the cursor's has
 * been told already, and may page on.
 */
import type { ConsistencyRequest, WithTokens } from '../../consistency/consistency-request.ts';
import { refuseTooManyPasts } from '../../consistency/other-databases.ts';
import { refuseBroken } from '../../consistency/refuse-broken.ts';
import type { ResumedSession } from '../../consistency/resume-session.ts';
import { emptySession, requireSource, type Session } from '../../consistency/session.ts';
import { type ReadRequirement, requirementFor } from '../../consistency/session-guarantee.ts';
import type { Tokens } from '../../consistency/tokens.ts';
import type { JudgedPast } from '../../database/engine/read-runs.ts';
import type { OrdersDatabase } from '../../database/orders/orders-client.ts';
import type { Clock } from '../../platform/clock.ts';
import { LimitedFunctionalityError, retryAfterMs } from '../../routing/errors.ts';
import { cursorsIn, type OperationInput } from './consistency-input.ts';

/** Not `whole`: part of what was sent does not fit into the session. */
export type ResumedPast = JudgedPast & {
  /** What the read must include. */
  readonly required: ReadRequirement;
  readonly whole: boolean;
  /** A cookie was sent that is not a valid token here. */
  readonly badCookie: boolean;
};

export type ResumeOptions = {
  readonly database: OrdersDatabase;
  readonly tokens: Tokens;
  readonly clusterId: string;
  /** The token inside a page's cursor, `null` if it has none or is not a cursor. */
  readonly cursorToken: (cursor: string) => string | null;
  readonly clock: Clock;
};

/**
 * Synchronous on the fast path. Throws what `refuseBroken` and `refuseTooManyPasts` throw, and decoding errors of tokens that the
 * client sent explicitly. A cookie that is no valid token here (of another deployment on the host, or of a key that is gone)
 * is no error: what its owner has seen is unknown, so the source is read. Positions of other databases are handed back.
 */
export function resumeTokens(
  options: ResumeOptions,
  input: OperationInput,
  asked: ConsistencyRequest & WithTokens,
): ResumedPast | Promise<ResumedPast> {
  const { database, clusterId, tokens, clock, cursorToken } = options;
  const cursors = cursorsIn(input)
    .map(cursorToken)
    .filter((text) => text !== null);
  const texts = [...asked.tokens.map(({ text }) => text), ...cursors];
  if (database.epochs.length === 0) return unseen(clusterId, asked, texts.length > 0);
  const nowMs = clock.now();
  const sessions = new Map<string, readonly Session[]>();
  let badCookie = false;
  for (const text of texts) {
    try {
      sessions.set(text, tokens.decode(text, nowMs));
    } catch (error) {
      if (cursors.includes(text) || !isCookie(text, asked)) throw error;
      badCookie = true;
    }
  }
  const judgedIn = sessions.size === 0 ? null : database.historyTurns;
  const settle = (resumed: ResumedSession) => {
    refuseTooManyPasts(resumed.session);
    const { session: judged, whole, isUnjudged } = settled(options, input, asked, resumed, sessions);
    const session = badCookie ? requireSource(judged) : judged;
    return { session, required: requirementFor(asked, session), whole, isUnjudged, judgedIn, badCookie };
  };
  const resumed = database.resume(clusterId, [...sessions.values()].flat());
  return resumed instanceof Promise ? resumed.then(settle) : settle(resumed);
}

const isCookie = (text: string, { tokens }: WithTokens) =>
  tokens.some((token) => token.carrier === 'cookie' && token.text === text);

function settled(
  { database, tokens }: ResumeOptions,
  { operation }: OperationInput,
  asked: ConsistencyRequest & WithTokens,
  resumed: ResumedSession,
  sent: ReadonlyMap<string, readonly Session[]>,
): Pick<ResumedPast, 'session' | 'whole' | 'isUnjudged'> {
  const { session, ahead, behind } = resumed;
  const promises = operation.operation === 'mutation' || asked.level === 'SESSION' || asked.level === 'STRONG';
  const isUnjudged = promises && resumed.isUnjudged;
  const broken = new Set([...resumed.lost, ...ahead, ...behind]);
  if (broken.size === 0) return { session, whole: true, isUnjudged };
  const carried = new Set(asked.tokens.flatMap(({ text }) => sent.get(text) ?? []));
  const newestMs = Math.max(...[...carried].filter((token) => !broken.has(token)).map(({ issuedAtMs }) => issuedAtMs));
  const lost = resumed.lost.filter((token) => carried.has(token) || token.issuedAtMs >= newestMs);
  if (promises) refuseBroken({ ...resumed, lost }, database.epochs, (healed) => tokens.encode(healed));
  const whole = lost.length === 0 && ahead.length === 0 && behind.length === 0;
  return { session, whole, isUnjudged };
}

/** Until a server has reported the epochs, no token can be judged; requests without a token can be served. */
function unseen(clusterId: string, asked: ConsistencyRequest, hasPast: boolean): ResumedPast {
  if (hasPast) {
    const facts = { retryAfterMs };
    throw new LimitedFunctionalityError('The token cannot be checked until a server has been reached', { facts });
  }
  const session = emptySession(clusterId, 0);
  const required = requirementFor(asked, session);
  return { session, required, whole: false, isUnjudged: false, judgedIn: null, badCookie: false };
}
