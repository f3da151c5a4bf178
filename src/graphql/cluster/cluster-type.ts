import type { NodeHealth } from '../../cluster/cluster-health.ts';
import { asInt } from '../as-int.ts';
import { builder } from '../builder.ts';
import type { ClusterState } from '../context.ts';
import { withoutServer } from '../without-server.ts';
import { guaranteeType } from './guarantee-type.ts';
import { mirrorType } from './mirror-type.ts';
import { problemType } from './problem-type.ts';

const verdicts = {
  HEALTHY: { description: 'Every server is, and one takes writes.' },
  DEGRADED: { description: 'Something is missing or set up wrong, orders are read and written all the same.' },
  DOWN: { description: 'No server takes writes, or none answers reads.' },
} as const satisfies Record<ClusterState['verdict'], { description: string }>;

const states = {
  HEALTHY: { description: 'It answers, and is not late.' },
  DEGRADED: { description: 'It answers, but its replication is broken or too late.' },
  DOWN: { description: 'It does not answer, or has yet to prove that it does.' },
  UNKNOWN: { description: 'It has not been seen yet.' },
} as const satisfies Record<NodeHealth['state'], { description: string }>;

const roles = {
  SOURCE: { description: 'The server that takes the writes.' },
  REPLICA: { description: 'A copy that replication feeds; reads are spread over these.' },
  BACKUP: { description: 'The separate database that orders are mirrored to.' },
} as const satisfies Record<NodeHealth['configuredRole'], { description: string }>;

const appliers = {
  RUNNING: { description: 'It applies what it receives.' },
  STOPPED: { description: 'It does not apply what it receives.' },
  NONE: { description: 'It replicates from nobody.' },
} as const satisfies Record<NonNullable<NodeHealth['applier']>, { description: string }>;

const verdictType = builder.enumType('ClusterVerdict', { description: 'How the cluster is.', values: verdicts });
const stateType = builder.enumType('NodeState', { description: 'How a server is.', values: states });
export const roleType = builder.enumType('NodeRole', {
  description: 'What a server is in the cluster.',
  values: roles,
});
const applierType = builder.enumType('ApplierState', {
  description: 'Whether a replica applies what it receives.',
  values: appliers,
});

const nodeType = builder.objectRef<NodeHealth>('ClusterNode').implement({
  description: 'One database server, as this API process sees it. What it said before it was lost is left out.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name in the cluster, such as `replica-1`.' }),
    state: t.expose('state', { type: stateType, description: 'How it is.' }),
    trouble: t.exposeString('trouble', { nullable: true, description: 'Why it is not `HEALTHY`, in words.' }),
    role: t.expose('role', {
      type: roleType,
      nullable: true,
      description: 'What it is, as it says itself. Null while it does not answer.',
    }),
    configuredRole: t.expose('configuredRole', {
      type: roleType,
      description: 'What it was set up as. A promotion makes another server the source.',
    }),
    position: t.exposeString('position', {
      nullable: true,
      description: 'How far it is, in its own words: a GTID set or position. Null while nobody knows.',
    }),
    lagMs: t.int({
      nullable: true,
      description: 'How late a replica is, in milliseconds, as it says itself in whole seconds. Null while unknown.',
      resolve: ({ lagMs }) => asInt(lagMs),
    }),
    delayMs: t.int({
      nullable: true,
      description: 'How long a replica stays behind on purpose, in milliseconds. Null for others, and while unknown.',
      resolve: ({ delayMs }) => asInt(delayMs),
    }),
    lagTransactions: t.int({
      nullable: true,
      description: 'Transactions of the source that a replica lacked when both were last seen. Null while unknown.',
      resolve: ({ lagTransactions }) => asInt(lagTransactions),
    }),
    applier: t.expose('applier', {
      type: applierType,
      nullable: true,
      description: 'Whether a replica applies what it receives. Null for others, and while unknown.',
    }),
    ageMs: t.int({
      nullable: true,
      description: 'Milliseconds since it was last seen to answer a look. Null when it never was.',
      resolve: ({ ageMs }) => asInt(ageMs),
    }),
  }),
});

const redisType = builder.objectRef<NonNullable<ClusterState['redis']>>('ClusterRedis').implement({
  description: 'The Redis that API processes share what they see through. Nothing that is true depends on it.',
  fields: (t) => ({
    answers: t.boolean({ description: 'Whether it answers.', resolve: ({ trouble }) => trouble === null }),
    trouble: t.exposeString('trouble', {
      nullable: true,
      description: 'Why it does not, in words that continue its name.',
    }),
  }),
});

export const clusterType = builder.objectRef<ClusterState>('Cluster').implement({
  description: 'The database servers, as this API process sees them.',
  fields: (t) => ({
    verdict: t.expose('verdict', { type: verdictType, description: 'How all of it is.' }),
    epoch: t.exposeInt('epoch', {
      nullable: true,
      description: 'Number of the present history; it grows with each promotion. Null until a server was seen.',
    }),
    source: t.exposeString('source', {
      nullable: true,
      description: 'Name of the server that takes the writes. Null while there is none.',
    }),
    reads: t.exposeBoolean('reads', { description: 'Whether the source or a replica answers reads.' }),
    writes: t.exposeBoolean('writes', { description: 'Whether there is a server that takes writes.' }),
    redis: t.expose('redis', {
      type: redisType,
      nullable: true,
      description: 'How Redis is. Null when none is set up.',
    }),
    mirror: t.field({
      type: mirrorType,
      nullable: true,
      description: 'How far the backup is. Null without one.',
      resolve: ({ mirror }) => mirror(),
    }),
    problems: t.expose('problems', {
      type: [problemType],
      description: 'What is wrong with the servers and how they are set up, and what mends it. Empty when nothing is.',
    }),
    guarantees: t.expose('guarantees', {
      type: [guaranteeType],
      description: 'What is promised on each server but the backup, and whether it holds there now.',
    }),
    nodes: t.expose('nodes', { type: [nodeType], description: 'Every server, in the sequence it was set up.' }),
  }),
});

builder.queryField('cluster', (t) =>
  t.field({
    type: clusterType,
    description: 'How the database servers are. Answered from what is known, also while no server answers.',
    extensions: withoutServer,
    resolve: (_, __, { cluster }) => cluster(),
  }),
);
