/**
 * Does what a plan says, step by step. A step that fails ends it, and what was done stands: planned anew, the same command
 * goes on from there. Two exceptions. A server that cannot be made to follow is named and left, because writes must not
 * wait for it. And until the new epoch is recorded, a source that was stopped for a switchover is let write again.
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
  /** For servers that never replicated; the others keep theirs. */
  readonly account: ReplicationAccount | null;
  /** Asked before each step; false ends the failover, because somebody else may be at it. */
  readonly mayGoOn: () => Promise<boolean>;
  readonly progress: (step: Step, outcome: 'done' | 'failed', tookMs: number, reason: string | null) => void;
  /** A table is there, of those that a server copies. */
  readonly copied?: (table: string, rows: number) => void;
  /** How long a server may take to apply what it has received. */
  readonly applyTimeoutMs: number;
};

export type Outcome = { readonly leftOut: readonly string[] };

const followTimeoutMs = 5000;
const lookEveryMs = 10;

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
      const { received } = await control.look();
      if (received === null) throw new FailoverStepError(describeStep(step), 'nobody can tell what it has received');
      return applied(control, received, step, options);
    }
    case 'refuse-writes':
      return control.refuseWrites();
    case 'catch-up':
      return applied(control, (await options.control(step.source).look()).position, step, options);
    case 'stop-replicating':
      return control.stopReplicating(step);
    case 'copy':
      return control.copyFrom(options.control(step.source), (table, rows) => options.copied?.(table, rows));
    case 'follow':
      return follow(control, (await options.control(step.source).look()).address, options);
    case 'record-epoch':
      return recordEpoch(control, step.epoch);
    case 'accept-writes':
      return control.acceptWrites();
    default:
      return step satisfies never;
  }
}

/** Looks again and again instead of waiting in the server, which would go on waiting for an applier that has stopped. */
async function applied(control: NodeControl, wanted: Position, step: Step, options: CarryOutOptions): Promise<void> {
  const { clock, applyTimeoutMs } = options;
  const untilMs = clock.monotonic() + applyTimeoutMs;
  for (;;) {
    const { position, applier, replicationError } = await control.look();
    if (position.includes(wanted)) return;
    if (applier !== 'RUNNING') {
      throw new FailoverStepError(describeStep(step), replicationError ?? 'it has stopped applying');
    }
    if (clock.monotonic() >= untilMs) {
      throw new FailoverStepError(describeStep(step), `not done after ${applyTimeoutMs} ms`);
    }
    await clock.sleep(lookEveryMs);
  }
}

async function follow(control: NodeControl, source: SourceAddress, options: CarryOutOptions): Promise<void> {
  const { follows, readOnly } = await control.look();
  if (!readOnly) await control.refuseWrites();
  await control.follow(source, follows === null ? options.account : null);
}

/** The position is read here and not planned: only now does nothing change it any more. */
async function recordEpoch(control: NodeControl, epoch: number): Promise<void> {
  const { identity, position, epochs } = await control.look();
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
          const facts = await control(node).look();
          if (facts.receiver === 'CONNECTED' && facts.applier === 'RUNNING') return [];
          if (facts.replicationError !== null || clock.monotonic() >= untilMs) return [node];
          await clock.sleep(lookEveryMs);
        }
      })
      .map((look, index) => look.catch(() => [nodes[index] ?? ''])),
  );
  return [...leftOut, ...late.flat()];
}
