import type { ClusterSnapshot } from '../cluster-snapshot.ts';
import type { Problem } from '../problem.ts';

/** Pure: the snapshot in, what is wrong out. One idea each. */
export type ProblemRule = (snapshot: ClusterSnapshot) => readonly Problem[];
