import type { ConsistencyLevel } from '../../consistency/levels.ts';
import type { RouteDecision } from '../../routing/route-decision.ts';
import { factsOf, type SessionOutput } from '../request-facts.ts';

/** What an answer reports about its own freshness, as `extensions.consistency`. */
export type ConsistencyExtension = {
  /** For the client's next request. Includes what was sent, also about other databases. `null` if there is nothing to carry. */
  readonly token: string | null;
  readonly level: ConsistencyLevel;
  readonly servedBy: { readonly node: string; readonly role: RouteDecision['role'] } | null;
  readonly reason: RouteDecision['reason'] | null;
  readonly waitedMs: number;
  /** With the reason `cache-hit`: age of the cached read. */
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

/** With WRITE_LOST: this token replaces those that were sent. */
export function lossExtension(token: string): Pick<ConsistencyExtension, 'token'> {
  return { token };
}

/**
 * Names of the cookies that carry tokens; `own` is `null` until the cluster is identified, `before` is that of older versions.
 */
export type CookieNames = { readonly own: string | null; readonly before: string };

/**
 * A cookie holds the whole token, including other databases: a browser has nothing else. Cookies ignore ports: with
 * the cluster in the name, two clusters on one host do not collide, whatever their names.
 */
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
  // The path as the browser sees it, because it sends the cookie back to this path only.
  const path = `${caller?.prefix ?? ''}/graphql`;
  const value = clears ? '; Max-Age=0' : `${token}; Max-Age=${settings.cookieMaxAgeS}`;
  headers.append('set-cookie', `${settings.cookieName}=${value}; Path=${path}; HttpOnly; SameSite=Strict${secure}`);
}
