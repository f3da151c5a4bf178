import type { ConsistencyLevel } from '../../consistency/levels.ts';
import type { RouteDecision } from '../../routing/route-decision.ts';
import { factsOf, type SessionOutput } from '../request-facts.ts';

/** What the answer says about its own freshness, as `extensions.consistency`. */
export type ConsistencyExtension = {
  /** Send it back with the next request. Holds what was sent, also of other databases. `null` when there is nothing to carry. */
  readonly token: string | null;
  readonly level: ConsistencyLevel;
  readonly servedBy: { readonly node: string; readonly role: RouteDecision['role'] } | null;
  readonly reason: RouteDecision['reason'] | null;
  readonly waitedMs: number;
  /** With the reason `cache-hit`: how long before this the server was read. */
  readonly ageMs?: number;
  /** The token could not name all that the client has seen: reads with it go to the source, as `position-unknown`. */
  readonly positionTooLong?: true;
};

export function consistencyExtension(
  level: ConsistencyLevel,
  decision: RouteDecision | null,
  token: string | null,
  ageMs: number | null = null,
): ConsistencyExtension {
  return {
    token,
    level,
    servedBy: decision && { node: decision.node, role: decision.role },
    reason: decision?.reason ?? null,
    waitedMs: Math.round((decision?.waitedMs ?? 0) * 10) / 10,
    ...(decision?.reason === 'cache-hit' && ageMs !== null && { ageMs: Math.round(ageMs) }),
  };
}

/** Beside WRITE_LOST: the token to go on with takes the place of those that were sent. */
export function lossExtension(token: string): Pick<ConsistencyExtension, 'token'> {
  return { token };
}

/** Under what names tokens are carried; `own` is `null` while nobody knows which cluster this is, and `before` of older versions. */
export type CookieNames = { readonly own: string | null; readonly before: string };

/** Cookies know no ports: with the cluster in the name, two clusters on one host keep apart, whatever both are called. */
export function cookieNamesFor(clusterId: string, identity: string | null): CookieNames {
  const before = `tidemark_${clusterId.replaceAll(/[^\w-]/g, '_')}`;
  return { own: identity === null ? null : `${before}_${identity.slice(0, 12)}`, before };
}

export function writeSession(
  request: Request,
  headers: Headers,
  { token, cookie }: SessionOutput,
  settings: { readonly cookieName: string | null; readonly cookieMaxAgeS: number },
): void {
  if (token !== null) {
    headers.set('x-consistency-token', token);
    headers.set('cache-control', 'no-store');
  }
  if (cookie === 'KEEP' || settings.cookieName === null) return;
  const clears = cookie === 'CLEAR' || token === null;
  const { caller } = factsOf(request);
  const secure = (caller?.secure ?? request.url.startsWith('https:')) ? '; Secure' : '';
  // As the browser sees it: it sends a cookie back to the path that this names, and no other.
  const path = `${caller?.prefix ?? ''}/graphql`;
  const value = clears ? '; Max-Age=0' : `${token}; Max-Age=${settings.cookieMaxAgeS}`;
  headers.append('set-cookie', `${settings.cookieName}=${value}; Path=${path}; HttpOnly; SameSite=Strict${secure}`);
}
