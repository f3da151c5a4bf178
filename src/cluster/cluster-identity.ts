/**
 * Which cluster this is: a name that its servers were given when they were first seen, and keep over restarts and promotions.
 * Each has a row that says to which cluster it belongs; the rows are replicated, like everything else. So
 *
 *   the source has a row                        that cluster
 *   it has none, but one that follows it has    that cluster: the source is new among its servers
 *   nobody has, but there are rows              a copy of another cluster's data, on servers of its own: a new cluster
 *   there are no rows                           seen for the first time: a new cluster
 *   no source, and a replica has a row          that cluster
 *   no source, and none has                     nobody knows
 *
 * A server is known by what it says of itself: `server_uuid` on MySQL; number, host name and port on MariaDB.
 */

/** What begins every key and channel of a cluster in Redis: two under one configuration do not meet. */
export function clusterPrefix(configured: string, cluster: string): string {
  return `${configured}${cluster}:`;
}

/** One row. */
export type ServerClaim = { readonly server: string; readonly cluster: string };

export type IdentitySighting = {
  /** Of the server that takes the writes, `null` without one. */
  readonly source: string | null;
  /** Of the others that answer, the backup left out. */
  readonly others: readonly string[];
};

/** `unclaimed` are servers without a row that belong to it. */
export type IdentityVerdict =
  | { readonly kind: 'KNOWN'; readonly cluster: string; readonly unclaimed: readonly string[] }
  | { readonly kind: 'NEW'; readonly unclaimed: readonly string[] }
  | { readonly kind: 'UNKNOWN' };

export function judgeIdentity({ source, others }: IdentitySighting, claims: readonly ServerClaim[]): IdentityVerdict {
  const clusterOf = new Map(claims.map(({ server, cluster }) => [server, cluster]));
  const live = [...new Set([...(source === null ? [] : [source]), ...others])];
  const unclaimed = live.filter((server) => !clusterOf.has(server));
  const own = source === null ? undefined : clusterOf.get(source);
  const named = new Set(others.flatMap((server) => clusterOf.get(server) ?? []));
  const [following] = named;
  // Replicas that name two clusters prove nothing about a source that names none.
  const cluster = own ?? (named.size === 1 ? following : undefined);
  if (cluster !== undefined) return { kind: 'KNOWN', cluster, unclaimed };
  return source === null ? { kind: 'UNKNOWN' } : { kind: 'NEW', unclaimed };
}
