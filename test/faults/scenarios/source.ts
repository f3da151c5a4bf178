import {
  all,
  failedReads,
  failedThoughSatisfied,
  firstReadAfterServers,
  firstWrite,
  firstWriteAfterServers,
  longestFailure,
  longestRefusal,
  quicklyLimited,
} from '../checks.ts';
import type { Scenario } from '../scenario.ts';
import { hang, kill, start } from './faults.ts';

export const sourceScenarios: readonly Scenario[] = [
  {
    name: 'source-killed',
    title: 'kill -9 of the source',
    why: 'nobody is promoted here: writes are refused until it is back and has recovered',
    ground: 'shared',
    lastsMs: 3000,
    ...kill('source'),
    findings: all(failedReads, failedThoughSatisfied, longestRefusal, firstWrite),
  },
  {
    name: 'source-hung',
    title: 'SIGSTOP of the source',
    why: 'writes are refused until it goes on',
    ground: 'shared',
    lastsMs: 4000,
    ...hang('source'),
    findings: all(failedReads, failedThoughSatisfied, longestRefusal, firstWrite),
  },
  {
    name: 'all-down',
    title: 'kill -9 of every server, and all back',
    why: 'nobody is left to answer, and everybody is told so at once',
    ground: 'shared',
    lastsMs: 3000,
    begin: async ({ cluster }) => {
      await Promise.all(cluster.cluster.nodes.map(({ name }) => cluster.kill(name)));
    },
    end: (stage) =>
      start(
        stage,
        stage.cluster.cluster.nodes.map(({ name }) => name),
      ),
    findings: all(firstReadAfterServers, firstWriteAfterServers, longestFailure, quicklyLimited),
  },
];
