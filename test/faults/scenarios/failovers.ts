// Roles move, and nobody moves them back: each has servers of its own.
import { type Finding, finding } from '../../bench/finding.ts';
import { caughtUp } from '../../support/engine.ts';
import {
  all,
  failedReads,
  failedThoughSatisfied,
  probeIntervalMs,
  told,
  writesAfterElection,
  writesAfterPromotion,
} from '../checks.ts';
import { follow, promoteByHand, refuseWrites } from '../promotion-by-hand.ts';
import { ReturnedSource } from '../returned-source.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

export const failoverScenarios: readonly Scenario[] = [
  promotionUnderLoad(),
  oldSourceReturns(),
  outsidePromotion(),
  groupPrimaryKilled(),
];

/** The real command, with all that it takes to start it. */
async function promote(stage: Stage): Promise<Finding[]> {
  const { code, output, tookMs } = await stage.command('cluster', 'promote', '--yes');
  if (code !== 0) throw new Error(`promote ended with ${code}:\n${output}`);
  return [finding('npm run cluster -- promote --yes takes', tookMs, 'ms', { atMost: 3000 })];
}

const restarted = (before: readonly number[], after: readonly number[]): Finding => {
  const gone = before.filter((pid) => !after.includes(pid));
  return finding('API processes that had to be restarted', gone.length, '', { atMost: 0 });
};

function promotionUnderLoad(): Scenario {
  let pids: readonly number[] = [];
  return {
    name: 'promotion-under-load',
    title: 'kill -9 of the source, and `promote`',
    why: 'writes are refused until an operator runs `promote` and the API has probed again',
    ground: 'own',
    lastsMs: 4000,
    begin: async (stage) => {
      pids = stage.apiPids();
      await stage.cluster.kill('source');
      return promote(stage);
    },
    end: async (stage) => {
      const findings = [restarted(pids, stage.apiPids())];
      await stage.takeBack('source');
      return findings;
    },
    findings: all(failedReads, failedThoughSatisfied, writesAfterPromotion),
  };
}

function oldSourceReturns(): Scenario {
  let returned: ReturnedSource | null = null;
  return {
    name: 'old-source-returns',
    title: 'the old source back after a promotion, writable, with transactions that no other server has',
    why: 'writes are refused until an operator runs `promote`; what only the old source has was never shown to a client',
    ground: 'own',
    lastsMs: 4000,
    begin: async (stage) => {
      await ReturnedSource.leaveAhead(stage, 'source');
      const findings = await promote(stage);
      returned = await ReturnedSource.start(stage, 'source');
      return findings;
    },
    end: async () => (await returned?.takeBack()) ?? [],
    findings: all(failedReads, failedThoughSatisfied, writesAfterPromotion),
  };
}

function outsidePromotion(): Scenario {
  let pids: readonly number[] = [];
  return {
    name: 'outside-promotion',
    title: 'a replica made the source by hand, with SQL',
    why: 'writes are refused until a server accepts them and the API has probed it',
    ground: 'own',
    lastsMs: 4000,
    begin: async (stage) => {
      pids = stage.apiPids();
      await refuseWrites(stage, 'source');
      for (const replica of ['replica-1', 'replica-2']) await caughtUp(stage.cluster, replica, 'source');
      await promoteByHand(stage, 'replica-1', ['replica-2']);
    },
    end: async (stage) => {
      await follow(stage, 'source', 'replica-1');
      return [restarted(pids, stage.apiPids())];
    },
    findings: all(
      failedReads,
      failedThoughSatisfied,
      writesAfterPromotion,
      told('SOURCE_CHANGED', 'replica-1', 'doneMs', 2 * probeIntervalMs),
    ),
  };
}

function groupPrimaryKilled(): Scenario {
  let primary = '';
  return {
    name: 'group-primary-killed',
    title: 'kill -9 of the primary of a replication group',
    why: 'the group expels a member that is silent for five seconds, then elects a primary; no operator is needed',
    ground: 'group',
    lastsMs: 14_000,
    begin: async (stage) => {
      primary = await stage.source();
      await stage.cluster.kill(primary);
    },
    end: async (stage) => void (await stage.cluster.cluster.startNode(primary)),
    findings: all(failedThoughSatisfied, writesAfterElection),
  };
}
