// The exports of `tidemark/prisma`: the engine for any Prisma models. Most programs need only `openPrismaEngine`; its parts
// are exported for those that combine them differently.
export { Cluster } from '../../cluster/cluster.ts';
export type { ClusterOptions } from '../../cluster/cluster-options.ts';
export type { ClusterSnapshot } from '../../cluster/cluster-snapshot.ts';
export type { ConsistencyRequest } from '../../consistency/consistency-request.ts';
export { InvalidConsistencyTokenError, WriteLostError } from '../../consistency/errors.ts';
export { resumeSession } from '../../consistency/resume-session.ts';
export { emptySession, type Session } from '../../consistency/session.ts';
export { TokenCodec } from '../../consistency/token-codec.ts';
export { type TokenKey, TokenKeyring } from '../../consistency/token-keyring.ts';
export { TidemarkError } from '../../errors.ts';
export { type Metrics, MetricTakenError } from '../../platform/metrics.ts';
export type { RouteDecision, RouteReason } from '../../routing/route-decision.ts';
export { positions } from '../../servers/known-flavours.ts';
export { CapturingPool } from '../clients/capturing-pool.ts';
export type { MakeClient } from '../clients/node-clients.ts';
export {
  DatabaseReadOnlyError,
  DatabaseUsesError,
  DatabaseWriteOnlyError,
  WriteIndeterminateError,
} from '../errors.ts';
export type { MirroredModel } from '../mirror/mirrored-tables.ts';
export { type MirroringOptions, mirroring } from '../mirroring/mirroring.ts';
export type { Commit, CommitListener, Commits } from '../session/committed-event.ts';
export { DatabaseScope } from '../session/database-scope.ts';
export type { PinnedSession } from '../session/pinned-session.ts';
export { healthGating } from '../session/read-through-session.ts';
export type { DatabaseNode, ReplicatedDatabaseOptions } from './database-options.ts';
export type { DatabaseUses } from './database-uses.ts';
export type { Answered } from './engine-call.ts';
export {
  type Asked,
  openPrismaEngine,
  PrismaEngine,
  type PrismaEngineOptions,
  type TransactionOf,
} from './prisma-engine.ts';
export { ReplicatedDatabase } from './replicated-database.ts';
