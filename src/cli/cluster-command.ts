import { carryOut } from '../cluster/failover/carry-out.ts';
import { FailoverStepError } from '../cluster/failover/errors.ts';
import { findLeader } from '../cluster/failover/leader.ts';
import type { Member } from '../cluster/failover/member.ts';
import type { ReplicationAccount } from '../cluster/failover/node-control.ts';
import { type Decision, describeStep, refused, type Step } from '../cluster/failover/plan.ts';
import { planAddition } from '../cluster/failover/plan-addition.ts';
import { planPromotion } from '../cluster/failover/plan-promotion.ts';
import { planRejoin } from '../cluster/failover/plan-rejoin.ts';
import { planSwitchover } from '../cluster/failover/plan-switchover.ts';
import type { Lease, Leases } from '../cluster/leases.ts';
import type { ClusterMembers } from '../database/nodes/cluster-members.ts';
import type { Clock } from '../platform/clock.ts';
import type { ClusterOptions } from './cluster-options.ts';
import { clusterStatus, describeDecision, statusTable } from './cluster-report.ts';
import { takeFailoverLease } from './failover-lease.ts';

export const exitCodes = { done: 0, failed: 1, usage: 2, refused: 3 } as const;

export type ClusterCommand = {
  readonly options: ClusterOptions;
  readonly members: ClusterMembers;
  /** For `add-replica`: the joining server. */
  readonly addition: { readonly name: string; readonly appMayConnect: () => Promise<boolean> } | null;
  readonly account: ReplicationAccount | null;
  readonly leases: Leases | null;
  readonly clock: Clock;
  readonly say: (text: string) => void;
  readonly confirm: () => Promise<boolean>;
  /** Called when another server may have become the source. */
  readonly onLeader: (name: string) => Promise<void>;
};

/** Probes, plans, asks, acts. Returns the exit status. */
export async function runClusterCommand(command: ClusterCommand): Promise<number> {
  const { options, members, say } = command;
  const seen = await members.probeSourceLast();
  if (options.command === 'status') {
    say(options.json ? `${JSON.stringify(clusterStatus(seen), null, 2)}\n` : statusTable(seen));
    return exitCodes.done;
  }
  const decision = await decide(command, seen);
  if (decision.verdict !== 'go') return conclude(command, decision, null);
  if (!options.onlyIfSourceDown) return proceed(command, decision, null);
  if (command.leases === null) {
    return conclude(command, refused('--if-source-down needs REDIS_URL, so that no two promote at once'), null);
  }
  const lease = await takeFailoverLease(command.leases, options.quietTimeMs);
  if (typeof lease === 'string') return conclude(command, refused(lease), null);
  return underLease(command, lease);
}

// Things may have changed while waiting for the lease: probe again.
async function underLease(command: ClusterCommand, lease: Lease): Promise<number> {
  let done = false;
  try {
    const decision = await decide(command, await command.members.probe());
    if (decision.verdict !== 'go') return conclude(command, decision, null);
    // A promotion that failed half-way counts: the quiet time is there to prevent repeated attempts.
    done = true;
    return await proceed(command, decision, lease);
  } finally {
    await lease.release({ done }).catch(() => undefined);
  }
}

async function decide({ options, members, addition }: ClusterCommand, seen: readonly Member[]): Promise<Decision> {
  const { command, subject, force, onlyIfSourceDown, discard } = options;
  const grouped = seen.find(({ facts }) => facts?.inGroup === true);
  if (grouped !== undefined) {
    return refused(
      `${grouped.name} belongs to a replication group, which elects its source and takes members back itself`,
    );
  }
  switch (command) {
    case 'promote':
      return planPromotion(seen, { target: subject, force, onlyIfSourceDown });
    case 'switchover':
      return planSwitchover(seen, subject ?? '');
    case 'rejoin':
      return planRejoin(seen, subject ?? '', { discard, obstacles: discard ? await members.copyObstacles(seen) : [] });
    case 'add-replica': {
      const present = seen.filter(({ name }) => name !== addition?.name);
      const joining = seen.find(({ name }) => name === addition?.name);
      if (joining === undefined || addition === null) return refused('no server was named');
      const [sourceHasAll, appMayConnect] = await Promise.all([
        members.sourceHasAll(present),
        addition.appMayConnect(),
      ]);
      return planAddition(present, joining, { sourceHasAll, appMayConnect });
    }
    default:
      return { verdict: 'nothing', why: 'no command given' };
  }
}

async function proceed(
  command: ClusterCommand,
  decision: Extract<Decision, { verdict: 'go' }>,
  lease: Lease | null,
): Promise<number> {
  const { options, members, clock, say } = command;
  if (!options.json) say(describeDecision(decision));
  if (!options.yes && !(await command.confirm())) {
    return conclude(command, refused('not confirmed; nothing was changed'), null);
  }
  const startMs = clock.monotonic();
  const timings: Timing[] = [];
  const outcome = { leftOut: [] as readonly string[], failure: null as string | null };
  try {
    const { leftOut } = await carryOut(decision.steps, {
      control: (node) => members.control(node),
      clock,
      account: command.account,
      mayGoOn: () => lease?.renew() ?? Promise.resolve(true),
      progress: (step, result, tookMs, reason) => {
        timings.push({ step, result, tookMs, reason });
        if (!options.json)
          say(
            `  ${result === 'done' ? 'done' : 'FAILED'}  ${describeStep(step)} (${tookMs} ms)${reason ? `: ${reason}` : ''}\n`,
          );
      },
      copied: (table, rows) => {
        if (!options.json) say(`        ${table}: ${rows} rows\n`);
      },
      applyTimeoutMs,
    });
    outcome.leftOut = leftOut;
  } catch (error) {
    if (!(error instanceof FailoverStepError)) throw error;
    outcome.failure = error.message;
  }
  const tookMs = Math.round(clock.monotonic() - startMs);
  const leader = findLeader(await members.probe());
  if (leader !== null) await command.onLeader(leader.name);
  return conclude(command, decision, { ...outcome, source: leader?.name ?? null, tookMs, timings });
}

const applyTimeoutMs = 60_000;

type Timing = { step: Step; result: 'done' | 'failed'; tookMs: number; reason: string | null };
type Result = {
  readonly leftOut: readonly string[];
  readonly failure: string | null;
  readonly source: string | null;
  readonly tookMs: number;
  readonly timings: readonly Timing[];
};

function conclude({ options, say }: ClusterCommand, decision: Decision, result: Result | null): number {
  if (options.json) say(`${JSON.stringify({ ...decision, ...(result === null ? {} : { result }) }, null, 2)}\n`);
  else if (result === null) say(describeDecision(decision));
  else if (result.failure !== null) say(`Not finished: ${result.failure}. Run it again to continue.\n`);
  else say(`${result.source ?? 'No server'} is the source. It took ${result.tookMs} ms.\n`);
  if (result !== null && !options.json)
    for (const name of result.leftOut) say(`${name} does not follow: try rejoin ${name}\n`);
  if (result === null) return decision.verdict === 'refused' ? exitCodes.refused : exitCodes.done;
  return result.failure === null && result.leftOut.length === 0 ? exitCodes.done : exitCodes.failed;
}
