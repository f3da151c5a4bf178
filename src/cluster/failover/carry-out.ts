/**
 * Carries out a plan, step by step. A step that fails ends it, and completed steps stand: planned anew, the same command continues from
 * there. Two exceptions: a server that cannot be made a replica is named and skipped, because writes must not wait for it; and until the
 * new epoch is recorded, a source that was stopped for a switchover is made writable again.
 */
import type { Position } from '../../consistency/position.ts';
import type { Clock } from '../../platform/clock.ts';
import { errorMessage } from '../../platform/error-message.ts';
import { sourceIdOf } from '../heard-epoch.ts';
import { FailoverStepError } from './errors.ts';
import type { SourceAddress } from './member.ts';
import type { NodeControl, ReplicationAccount } from './node-control.ts';
import { describeStep, type Step } from './plan.ts';

export type CarryOutOptions = {
  readonly control: (node: string) => NodeControl;
  readonly clock: Clock;
  /** For servers that have never been replicas; the others keep theirs. */
  readonly account: ReplicationAccount | null;
  /** Called before each step; false ends the failover, because another process may be doing it. */
  readonly mayGoOn: () => Promise<boolean>;
  readonly progress: (step: Step, outcome: 'done' | 'failed', tookMs: number, reason: string | null) => void;
  /** A table has been copied. */
  readonly copied?: (table: string, rows: number) => void;
  /** How long a server may take to apply what it has received. */
  readonly applyTimeoutMs: number;
};

export type Outcome = { readonly leftOut: readonly string[] };

const followTimeoutMs = 5000;
const pollEveryMs = 10;

export async function carryOut(steps: readonly Step[], options: CarryOutOptions): Promise<Outcome> {
  const leftOut: string[] = [];
  const stopped: string[] = [];
  let recorded = false;
  for (const step of steps) {
    const startMs = options.clock.monotonic();
    const tookMs = () => Math.round(options.clock.monotonic() - startMs);
    try {
      if (!(await options.mayGoOn())) throw new FailoverStepError(describeStep(step), 'the lease was lost');
      if (step.kind === 'refuse-writes') stopped.push(step.node);
      if (step.kind === 'record-epoch') recorded = true;
      await run(step, options);
      options.progress(step, 'done', tookMs(), null);
    } catch (error) {
      const reason = error instanceof FailoverStepError ? String(error.facts.reason) : errorMessage(error);
      options.progress(step, 'failed', tookMs(), reason);
      if (step.kind === 'follow') {
        leftOut.push(step.node);
        continue;
      }
      if (!recorded && steps.some(({ kind }) => kind === 'catch-up')) await takeBack(stopped, options);
      throw new FailoverStepError(describeStep(step), reason, error);
    }
  }
  return { leftOut: await whoDoesNotFollow(steps, leftOut, options) };
}

async function run(step: Step, options: CarryOutOptions): Promise<void> {
  const control = options.control(step.node);
  switch (step.kind) {
    case 'stop-receiving':
      return control.stopReceiving();
    case 'apply-received': {
      await control.startApplying();
      const { received } = await control.probe();
      if (received === null) throw new FailoverStepError(describeStep(step), 'cannot determine what it has received');
      return applied(control, received, step, options);
    }
    case 'refuse-writes':
      return control.refuseWrites();
    case 'catch-up':
      return applied(control, (await options.control(step.source).probe()).position, step, options);
    case 'stop-replicating':
      return control.stopReplicating(step);
    case 'copy':
      return control.copyFrom(options.control(step.source), (table, rows) => options.copied?.(table, rows));
    case 'follow':
      return follow(control, (await options.control(step.source).probe()).address, options);
    case 'record-epoch':
      return recordEpoch(control, step.epoch);
    case 'accept-writes':
      return control.acceptWrites();
    default:
      return step satisfies never;
  }
}

/** Polls instead of waiting in the server, which would keep waiting for an applier that has stopped. */
async function applied(control: NodeControl, wanted: Position, step: Step, options: CarryOutOptions): Promise<void> {
  const { clock, applyTimeoutMs } = options;
  const untilMs = clock.monotonic() + applyTimeoutMs;
  for (;;) {
    const { position, applier, replicationError } = await control.probe();
    if (position.includes(wanted)) return;
    if (applier !== 'RUNNING') {
      throw new FailoverStepError(describeStep(step), replicationError ?? 'it has stopped applying');
    }
    if (clock.monotonic() >= untilMs) {
      throw new FailoverStepError(describeStep(step), `not done after ${applyTimeoutMs} ms`);
    }
    await clock.sleep(pollEveryMs);
  }
}

async function follow(control: NodeControl, source: SourceAddress, options: CarryOutOptions): Promise<void> {
  const { follows, readOnly } = await control.probe();
  if (!readOnly) await control.refuseWrites();
  await control.follow(source, follows === null ? options.account : null);
}

/** The position is read here, not planned: only now can it no longer change. */
async function recordEpoch(control: NodeControl, epoch: number): Promise<void> {
  const { identity, position, epochs } = await control.probe();
  if ((epochs?.at(-1)?.epoch ?? 0) >= epoch) return;
  await control.recordEpoch({ epoch, sourceId: sourceIdOf(identity), endOfPrevious: position });
}

async function takeBack(stopped: readonly string[], { control }: CarryOutOptions): Promise<void> {
  await Promise.all(
    stopped.map((node) =>
      control(node)
        .acceptWrites()
        .catch(() => undefined),
    ),
  );
}

/** Connecting takes a moment: all are waited for together, after writes are back. */
async function whoDoesNotFollow(
  steps: readonly Step[],
  leftOut: readonly string[],
  { control, clock }: CarryOutOptions,
): Promise<string[]> {
  const nodes = steps.flatMap(({ kind, node }) => (kind === 'follow' && !leftOut.includes(node) ? [node] : []));
  const untilMs = clock.monotonic() + followTimeoutMs;
  const late = await Promise.all(
    nodes
      .map(async (node) => {
        for (;;) {
          const facts = await control(node).probe();
          if (facts.receiver === 'CONNECTED' && facts.applier === 'RUNNING') return [];
          if (facts.replicationError !== null || clock.monotonic() >= untilMs) return [node];
          await clock.sleep(pollEveryMs);
        }
      })
      .map((probe, index) => probe.catch(() => [nodes[index] ?? ''])),
  );
  return [...leftOut, ...late.flat()];
}
