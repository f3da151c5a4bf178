import { finding } from '../../bench/finding.ts';
import {
  all,
  backInService,
  boundedReadsJudged,
  failedReads,
  lateReads,
  longestRead,
  overUsual,
  servedBySource,
  told,
} from '../checks.ts';
import type { Scenario } from '../scenario.ts';
import { troubleOf } from '../seen-by-api.ts';
import { hang, kill, start } from './faults.ts';

const replicaHung = [failedReads, lateReads, longestRead];

export const replicaScenarios: readonly Scenario[] = [
  {
    name: 'replica-killed',
    title: 'kill -9 of a replica',
    why: 'reads in progress on it run again on another server',
    ground: 'shared',
    lastsMs: 3000,
    ...kill('replica-2'),
    findings: all(failedReads, overUsual, backInService('replica-2')),
  },
  {
    name: 'replica-hung',
    title: 'SIGSTOP of a replica',
    why: 'a read waits 150 ms for it, then runs on another server; a commit that waits for its acknowledgement gets the other replica’s',
    ground: 'shared',
    lastsMs: 4000,
    ...hang('replica-2'),
    findings: all(...replicaHung, backInService('replica-2')),
  },
  {
    name: 'network-cut',
    title: 'network between API and a replica cut',
    why: 'the same as a hung replica, seen from the API alone',
    ground: 'shared',
    lastsMs: 4000,
    begin: async ({ network }) => network.cut(),
    end: async ({ network }) => network.mend(),
    findings: all(...replicaHung, backInService('replica-1')),
  },
  {
    name: 'applier-stopped',
    title: 'a replica stops applying',
    why: 'reads that require more than it has go to the other replica',
    ground: 'shared',
    lastsMs: 4000,
    levels: { default: 35, STRONG: 2, BOUNDED: 60, EVENTUAL: 3 },
    begin: ({ cluster }) => cluster.stopApplier('replica-1'),
    end: async (stage) => {
      const named = await Promise.all(stage.places.map(({ url }) => troubleOf(url, 'replica-1')));
      await stage.cluster.startApplier('replica-1');
      const count = named.filter((trouble) => trouble !== null).length;
      return [finding('API processes that name the replica and what it suffers from', count, '', { atLeast: 2 })];
    },
    findings: all(failedReads, boundedReadsJudged, told('NODE_DEGRADED', 'replica-1', 'doneMs', 4000)),
  },
  {
    name: 'all-replicas-killed',
    title: 'kill -9 of all replicas',
    why: 'writes wait up to 2 s for a replica’s acknowledgement, then continue without; reads go to the source',
    ground: 'shared',
    lastsMs: 3000,
    begin: async ({ cluster }) => {
      await Promise.all([cluster.kill('replica-1'), cluster.kill('replica-2')]);
    },
    end: (stage) => start(stage, ['replica-1', 'replica-2']),
    findings: all(failedReads, longestRead, servedBySource),
  },
];
