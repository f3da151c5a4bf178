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
    why: 'no replica is promoted here: writes are refused until the source has restarted and recovered',
    ground: 'shared',
    lastsMs: 3000,
    ...kill('source'),
    findings: all(failedReads, failedThoughSatisfied, longestRefusal, firstWrite),
  },
  {
    name: 'source-hung',
    title: 'SIGSTOP of the source',
    why: 'writes are refused until it resumes',
    ground: 'shared',
    lastsMs: 4000,
    ...hang('source'),
    findings: all(failedReads, failedThoughSatisfied, longestRefusal, firstWrite),
  },
  {
    name: 'all-down',
    title: 'kill -9 and restart of every server',
    why: 'no server is left to answer, and every client is told at once',
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
