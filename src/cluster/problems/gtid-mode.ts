/**
 * MySQL numbers transactions only with `gtid_mode` ON or ON_PERMISSIVE. With OFF, its default, and OFF_PERMISSIVE, `gtid_executed`
 * stands still: everything that is compared with it counts as included.
 *
 * What was written meanwhile has no number later either. So a source that numbers again is trusted from its first numbered
 * transaction on: replicas apply in order, so one that has that transaction has all before it.
 */
import { lastSource, writableSource } from '../cluster-snapshot.ts';
import type { NodeStatus } from '../node-status.ts';
import type { Problem } from '../problem.ts';
import type { ProblemRule } from './problem-rule.ts';
import { seenReplicas, variableOf } from './seen-settings.ts';

/** One step each; every server takes a step before any takes the next. */
const steps: readonly string[] = ['OFF', 'OFF_PERMISSIVE', 'ON_PERMISSIVE', 'ON'];

export const gtidModeRule: ProblemRule = (snapshot) => {
  const source = writableSource(snapshot) ?? lastSource(snapshot);
  return [
    ...(source === undefined ? [] : ofSource(source)),
    ...seenReplicas(snapshot)
      .filter((status) => status !== source)
      .flatMap(ofReplica),
  ];
};

function ofSource(source: NodeStatus): Problem[] {
  const mode = variableOf(source, 'gtid_mode');
  const { name } = source.node;
  if (mode === 'OFF' || mode === 'OFF_PERMISSIVE') {
    const message = `${name} does not number its transactions, so it is unknown which of them a replica has: each read that must see a certain write goes to ${name}`;
    return [{ code: 'GTID_MODE_OFF', node: name, message, ...settingOf(source, mode) }];
  }
  const until = source.unnumberedUntil;
  if (until !== null && source.report !== null && until.includes(source.report.position)) {
    const message = `${name} numbers its transactions again, but has written none since: reads that must see a certain write go to ${name} until it has`;
    return [
      {
        code: 'GTIDS_JUST_BEGUN',
        node: name,
        message,
        variable: 'gtid_mode',
        value: mode ?? null,
        cure: 'the next write ends it',
      },
    ];
  }
  if (mode !== 'ON_PERMISSIVE') return [];
  const message = `${name} numbers its transactions, but takes some without a number`;
  return [{ code: 'GTID_MODE_PERMISSIVE', node: name, message, ...settingOf(source, mode) }];
}

function ofReplica(replica: NodeStatus): Problem[] {
  const mode = variableOf(replica, 'gtid_mode');
  if (mode === undefined || mode === 'ON') return [];
  const { name } = replica.node;
  if (mode === 'OFF') {
    const message = `${name} applies transactions without numbers, so it is unknown which of them it has`;
    return [{ code: 'GTID_MODE_OFF', node: name, message, ...settingOf(replica, mode) }];
  }
  const message = `${name} takes transactions without a number`;
  return [{ code: 'GTID_MODE_PERMISSIVE', node: name, message, ...settingOf(replica, mode) }];
}

function settingOf(status: NodeStatus, mode: string): Pick<Problem, 'variable' | 'value' | 'cure'> {
  const enforced = variableOf(status, 'enforce_gtid_consistency') === 'ON';
  const enforce = enforced ? [] : ['SET @@PERSIST.enforce_gtid_consistency = ON'];
  const modes = steps.slice(steps.indexOf(mode) + 1).map((step) => `SET @@PERSIST.gtid_mode = ${step}`);
  const cure = `on every server, one step at a time: ${[...enforce, ...modes].join('; ')}`;
  return { variable: 'gtid_mode', value: mode, cure };
}
