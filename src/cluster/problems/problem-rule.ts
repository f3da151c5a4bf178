import type { ClusterSnapshot } from '../cluster-snapshot.ts';
import type { Problem } from '../problem.ts';

/** Pure: from a snapshot to its problems. One idea per rule. */
export type ProblemRule = (snapshot: ClusterSnapshot) => readonly Problem[];
