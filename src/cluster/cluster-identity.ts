/**
 * The identity of the cluster: an id that its servers get when they are first seen, and keep over restarts and promotions. Each
 * server has a row with its cluster's id; the rows are replicated like everything else. So
 *
 *   the source has a row                        that cluster
 *   it has none, but one that follows it has    that cluster: the source is new among its servers
 *   none has a row, but there are rows          a copy of another cluster's data on other servers: a new cluster
 *   there are no rows                           seen for the first time: a new cluster
 *   no source, and a replica has a row          that cluster
 *   no source, and none has                     unknown
 *
 * A server is identified by what it reports: `server_uuid` on MySQL; server id, host name and port on MariaDB.
 */

/** Begins every key and channel of a cluster in Redis, so that two clusters with one configuration do not collide. */
export function clusterPrefix(configured: string, cluster: string): string {
  return `${configured}${cluster}:`;
}

/** One row. */
export type ServerClaim = { readonly server: string; readonly cluster: string };

export type IdentitySighting = {
  /** The server that accepts writes, `null` without one. */
  readonly source: string | null;
  /** The others that answer, without the backup. */
  readonly others: readonly string[];
};

/** `unclaimed` are servers of the cluster without a row. */
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
