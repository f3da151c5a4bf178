/** The last transaction of one replication domain. */
export type MariadbGtid = { readonly domainId: number; readonly serverId: number; readonly sequence: bigint };
