/** How fresh a read must be. See the table in `docs/consistency.md`. */
export const consistencyLevels = ['EVENTUAL', 'BOUNDED', 'SESSION', 'STRONG'] as const;
export type ConsistencyLevel = (typeof consistencyLevels)[number];

/** What to do when no replica is fresh enough. */
export const whenBehindPolicies = ['WAIT', 'BYPASS', 'FAIL'] as const;
export type WhenBehind = (typeof whenBehindPolicies)[number];
