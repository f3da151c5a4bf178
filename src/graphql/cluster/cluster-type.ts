import type { NodeHealth } from '../../cluster/cluster-health.ts';
import { asInt } from '../as-int.ts';
import { builder } from '../builder.ts';
import type { ClusterState } from '../context.ts';
import { withoutServer } from '../without-server.ts';
import { guaranteeType } from './guarantee-type.ts';
import { mirrorType } from './mirror-type.ts';
import { problemType } from './problem-type.ts';

const verdicts = {
  HEALTHY: { description: 'All servers are healthy and one accepts writes.' },
  DEGRADED: { description: 'Something is missing or misconfigured, but orders can be read and written.' },
  DOWN: { description: 'No server accepts writes, or none answers reads.' },
} as const satisfies Record<ClusterState['verdict'], { description: string }>;

const states = {
  HEALTHY: { description: 'It answers, and does not lag too far behind.' },
  DEGRADED: { description: 'It answers, but its replication is broken or lags too far behind.' },
  DOWN: { description: 'It does not answer, or has just come back and is not trusted yet.' },
  UNKNOWN: { description: 'It has not been seen yet.' },
} as const satisfies Record<NodeHealth['state'], { description: string }>;

const roles = {
  SOURCE: { description: 'The server that accepts writes.' },
  REPLICA: { description: 'A copy fed by replication; reads are spread over the replicas.' },
  BACKUP: { description: 'The separate database that orders are mirrored to.' },
} as const satisfies Record<NodeHealth['configuredRole'], { description: string }>;

const appliers = {
  RUNNING: { description: 'It applies what it receives.' },
  STOPPED: { description: 'It does not apply what it receives.' },
  NONE: { description: 'It is not a replica.' },
} as const satisfies Record<NonNullable<NodeHealth['applier']>, { description: string }>;

const verdictType = builder.enumType('ClusterVerdict', {
  description: 'Overall state of the cluster.',
  values: verdicts,
});
const stateType = builder.enumType('NodeState', { description: 'State of a server.', values: states });
export const roleType = builder.enumType('NodeRole', {
  description: 'Role of a server in the cluster.',
  values: roles,
});
const applierType = builder.enumType('ApplierState', {
  description: 'Whether a replica applies what it receives.',
  values: appliers,
});

const nodeType = builder.objectRef<NodeHealth>('ClusterNode').implement({
  description: 'A database server, as seen by this API process. Values from before contact was lost are left out.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name in the cluster, such as `replica-1`.' }),
    state: t.expose('state', { type: stateType, description: 'Current state.' }),
    trouble: t.exposeString('trouble', { nullable: true, description: 'Why it is not `HEALTHY`, as text.' }),
    role: t.expose('role', {
      type: roleType,
      nullable: true,
      description: 'Current role, as reported by the server. Null while it does not answer.',
    }),
    configuredRole: t.expose('configuredRole', {
      type: roleType,
      description: 'Configured role. It differs from `role` after a promotion.',
    }),
    position: t.exposeString('position', {
      nullable: true,
      description: "Replication position in the server's own format: a GTID set or position. Null if unknown.",
    }),
    lagMs: t.int({
      nullable: true,
      description: 'Replication lag in milliseconds, as the replica reports it in whole seconds. Null if unknown.',
      resolve: ({ lagMs }) => asInt(lagMs),
    }),
    delayMs: t.int({
      nullable: true,
      description: 'Configured replication delay in milliseconds. Null for other servers, and if unknown.',
      resolve: ({ delayMs }) => asInt(delayMs),
    }),
    lagTransactions: t.int({
      nullable: true,
      description: 'Transactions of the source that the replica lacked when both were last probed. Null if unknown.',
      resolve: ({ lagTransactions }) => asInt(lagTransactions),
    }),
    applier: t.expose('applier', {
      type: applierType,
      nullable: true,
      description: 'Whether a replica applies what it receives. Null for other servers, and if unknown.',
    }),
    ageMs: t.int({
      nullable: true,
      description: 'Milliseconds since it last answered a probe. Null if it never has.',
      resolve: ({ ageMs }) => asInt(ageMs),
    }),
  }),
});

const redisType = builder.objectRef<NonNullable<ClusterState['redis']>>('ClusterRedis').implement({
  description: 'The Redis through which API processes share what they see. Correctness does not depend on it.',
  fields: (t) => ({
    answers: t.boolean({ description: 'Whether it answers.', resolve: ({ trouble }) => trouble === null }),
    trouble: t.exposeString('trouble', {
      nullable: true,
      description: 'Reason, phrased to follow the name `Redis`.',
    }),
  }),
});

export const clusterType = builder.objectRef<ClusterState>('Cluster').implement({
  description: 'The database servers, as seen by this API process.',
  fields: (t) => ({
    verdict: t.expose('verdict', { type: verdictType, description: 'Overall state of the cluster.' }),
    epoch: t.exposeInt('epoch', {
      nullable: true,
      description: 'Number of the current epoch; it grows with each promotion. Null until a server has been seen.',
    }),
    source: t.exposeString('source', {
      nullable: true,
      description: 'Name of the server that accepts writes. Null if there is none.',
    }),
    reads: t.exposeBoolean('reads', { description: 'Whether the source or a replica answers reads.' }),
    writes: t.exposeBoolean('writes', { description: 'Whether a server accepts writes.' }),
    redis: t.expose('redis', {
      type: redisType,
      nullable: true,
      description: 'State of Redis. Null if none is configured.',
    }),
    mirror: t.field({
      type: mirrorType,
      nullable: true,
      description: 'State of the mirror to the backup. Null if none is configured.',
      resolve: ({ mirror }) => mirror(),
    }),
    problems: t.expose('problems', {
      type: [problemType],
      description: 'Problems of the servers and their configuration, with the remedy. Empty if there are none.',
    }),
    guarantees: t.expose('guarantees', {
      type: [guaranteeType],
      description: 'Guarantees on each server except the backup, and whether they hold there now.',
    }),
    nodes: t.expose('nodes', { type: [nodeType], description: 'All servers, in the order of the configuration.' }),
  }),
});

builder.queryField('cluster', (t) =>
  t.field({
    type: clusterType,
    description: 'State of the database servers. Answered from memory, even while no server answers.',
    extensions: withoutServer,
    resolve: (_, __, { cluster }) => cluster(),
  }),
);
