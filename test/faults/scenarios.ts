import { type Finding, finding } from '../bench/finding.ts';
import { firstAfter } from './measures.ts';
import type { Scenario, Seen } from './scenario.ts';
import type { Stage } from './stage.ts';

const failedReads = ({ during }: Seen): Finding => finding('failed reads', during.failedReads, '', { atMost: 0 });

const lateReads = ({ during }: Seen): Finding =>
  finding('reads over 250 ms', (during.lateReads / Math.max(1, during.reads)) * 100, '%', { atMost: 0.3 });

const longestRead = ({ during }: Seen): Finding => finding('longest read', during.longestReadMs, 'ms', { atMost: 500 });

const overUsual = ({ during, before }: Seen): Finding =>
  finding('longest read over the usual longest', Math.max(0, during.longestReadMs - before.longestReadMs), 'ms', {
    atMost: 50,
  });

function back(what: string, seen: Seen, kind: 'read' | 'write', node: string | null, atMost: number): Finding {
  const took = firstAfter(
    seen.samples,
    seen.moments.endedMs,
    (sample) => sample.kind === kind && (node === null || sample.node === node),
  );
  return finding(what, took ?? Number.MAX_SAFE_INTEGER, 'ms', { atMost });
}

const backInService = (node: string) => (seen: Seen) => back(`${node} serves again after`, seen, 'read', node, 1000);
const firstWrite = (seen: Seen) => back('first write after the return', seen, 'write', null, 500);

const longestRefusal = ({ during }: Seen): Finding =>
  finding('longest time until a write fails', during.longestRefusalMs, 'ms', { atMost: 1000 });

const kill = (name: string) => ({
  begin: ({ cluster }: Stage) => cluster.kill(name),
  end: async ({ cluster }: Stage) => void (await cluster.cluster.startNode(name)),
});

const hang = (name: string) => ({
  begin: async ({ cluster }: Stage) => cluster.pause(name),
  end: async ({ cluster }: Stage) => cluster.resume(name),
});

const replicaHung = [failedReads, lateReads, longestRead];
const all = (checks: readonly ((seen: Seen) => Finding)[]) => (seen: Seen) => checks.map((check) => check(seen));

export const scenarios: readonly Scenario[] = [
  {
    name: 'replica-killed',
    title: 'kill -9 of a replica',
    lastsMs: 3000,
    ...kill('replica-2'),
    findings: all([failedReads, overUsual, backInService('replica-2')]),
  },
  {
    name: 'replica-hung',
    title: 'SIGSTOP of a replica',
    lastsMs: 4000,
    ...hang('replica-2'),
    findings: all([...replicaHung, backInService('replica-2')]),
  },
  {
    name: 'network-cut',
    title: 'network between API and a replica cut',
    lastsMs: 4000,
    begin: async ({ network }) => network.cut(),
    end: async ({ network }) => network.mend(),
    findings: all([...replicaHung, backInService('replica-1')]),
  },
  {
    name: 'applier-stopped',
    title: 'a replica stops applying',
    lastsMs: 4000,
    begin: ({ cluster }) => cluster.stopApplier('replica-1'),
    end: ({ cluster }) => cluster.startApplier('replica-1'),
    findings: all([failedReads]),
  },
  {
    name: 'all-replicas-killed',
    title: 'kill -9 of all replicas',
    lastsMs: 3000,
    begin: async ({ cluster }) => {
      await Promise.all([cluster.kill('replica-1'), cluster.kill('replica-2')]);
    },
    end: async ({ cluster }) => {
      await Promise.all(['replica-1', 'replica-2'].map((name) => cluster.cluster.startNode(name)));
    },
    findings: all([failedReads, longestRead]),
  },
  {
    name: 'source-killed',
    title: 'kill -9 of the source',
    lastsMs: 3000,
    ...kill('source'),
    findings: all([failedReads, longestRefusal, firstWrite]),
  },
  {
    name: 'source-hung',
    title: 'SIGSTOP of the source',
    lastsMs: 4000,
    ...hang('source'),
    findings: all([failedReads, longestRefusal, firstWrite]),
  },
  {
    name: 'backup-hung',
    title: 'SIGSTOP of the backup',
    lastsMs: 3000,
    ...hang('backup'),
    findings: all([failedReads, longestRead]),
  },
  {
    name: 'redis-killed',
    title: 'kill -9 of Redis',
    lastsMs: 3000,
    begin: async ({ cluster }) => {
      const pid = cluster.cluster.redis?.pid;
      if (pid === undefined) throw new Error('there is no Redis');
      process.kill(pid, 'SIGKILL');
    },
    // It stays away: nothing that clients see may depend on it.
    end: async () => undefined,
    findings: all([failedReads, longestRead]),
  },
  {
    name: 'api-killed',
    title: 'kill -9 of an API process in the middle of writes',
    lastsMs: 1500,
    begin: (stage) => stage.killApi(1),
    end: (stage) => stage.startApi(1),
    findings: all([failedReads]),
  },
  {
    name: 'all-down',
    title: 'kill -9 of every server, and all back',
    lastsMs: 3000,
    begin: async ({ cluster }) => {
      await Promise.all(cluster.cluster.nodes.map(({ name }) => cluster.kill(name)));
    },
    end: async ({ cluster }) => {
      await Promise.all(cluster.cluster.nodes.map(({ name }) => cluster.cluster.startNode(name)));
    },
    findings: (seen) => [
      back('first read after the servers', seen, 'read', null, 5000),
      back('first write after the servers', seen, 'write', null, 5000),
      finding('longest time until a request fails', longestFailureMs(seen), 'ms', { atMost: 500 }),
    ],
  },
];

function longestFailureMs({ samples, moments }: Seen): number {
  const failed = samples.filter(({ error, startedMs }) => error !== null && startedMs >= moments.beganMs);
  return failed.reduce((most, { startedMs, endedMs }) => Math.max(most, endedMs - startedMs), 0);
}
