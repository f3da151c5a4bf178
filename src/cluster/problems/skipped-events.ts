/**
 * A replica that goes on where it could not apply something, or leaves out what its source has marked, counts it as applied: its
 * position includes what it does not have. Whether it ever did nobody tells, so the setting is enough.
 */
import type { NodeStatus } from '../node-status.ts';
import type { Problem } from '../problem.ts';
import type { ProblemRule } from './problem-rule.ts';
import { seenReplicas, variableOf } from './seen-settings.ts';

type Setting = {
  /** Servers have renamed them, and some know both names for one setting. */
  readonly names: readonly string[];
  /** What it is set to where nothing is skipped. */
  readonly skipsNothing: readonly string[];
  readonly skips: string;
  readonly cure: (variable: string, status: NodeStatus) => string;
};

const settings: readonly Setting[] = [
  {
    names: ['replica_skip_errors', 'slave_skip_errors'],
    skipsNothing: ['OFF', ''],
    skips: 'goes on after errors of what it applies',
    // It is read at a start only.
    cure: (variable, { node }) => `take ${variable} out of the configuration of ${node.name} and start it again`,
  },
  {
    names: ['replica_exec_mode', 'slave_exec_mode'],
    skipsNothing: ['STRICT'],
    skips: 'goes on where a row to change is missing, or one to add is there',
    cure: (variable) => `SET GLOBAL ${variable} = 'STRICT'; and take ${variable} out of its configuration`,
  },
  {
    names: ['replicate_events_marked_for_skip'],
    skipsNothing: ['REPLICATE'],
    skips: 'leaves out what is written with skip_replication',
    cure: (variable) =>
      `STOP ALL SLAVES; SET GLOBAL ${variable} = 'REPLICATE'; START ALL SLAVES; and take ${variable} out of its configuration`,
  },
];

export const skippedEventsRule: ProblemRule = (snapshot) =>
  seenReplicas(snapshot)
    .filter(applies)
    .flatMap((status) => settings.flatMap((setting) => skippedBy(status, setting)));

/** Others have no applier that any of this is for. */
function applies({ report }: NodeStatus): boolean {
  return (report?.settings?.channels.length ?? 0) > 0 || (report?.group !== undefined && report.member !== undefined);
}

function skippedBy(status: NodeStatus, { names, skipsNothing, skips, cure }: Setting): readonly Problem[] {
  const variable = names.find((name) => variableOf(status, name) !== undefined);
  const value = variable === undefined ? undefined : variableOf(status, variable);
  if (variable === undefined || value === undefined || skipsNothing.includes(value.toUpperCase())) return [];
  const { name } = status.node;
  return [
    {
      code: 'EVENTS_SKIPPED',
      node: name,
      message: `${name} ${skips} and counts it as applied, so reads that must see a certain write are not sent there; what it lacks has to be copied anew`,
      variable,
      value,
      cure: `${cure(variable, status)}; then: npm run cluster -- rejoin ${name} --discard`,
    },
  ];
}
