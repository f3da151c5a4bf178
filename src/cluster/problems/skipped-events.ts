/**
 * A replica that skips events that it cannot apply, or that its source has marked, counts them as applied: its position includes what it
 * does not have. Whether it ever did so is unknown, so the setting is enough.
 */
import { commandLine } from '../../platform/command-line.ts';
import type { NodeStatus } from '../node-status.ts';
import type { Problem } from '../problem.ts';
import type { ProblemRule } from './problem-rule.ts';
import { seenReplicas, variableOf } from './seen-settings.ts';

type Setting = {
  /** Servers have renamed them, and some know both names of one setting. */
  readonly names: readonly string[];
  /** The value with which nothing is skipped. */
  readonly skipsNothing: readonly string[];
  readonly skips: string;
  readonly cure: (variable: string, status: NodeStatus) => string;
};

const settings: readonly Setting[] = [
  {
    names: ['replica_skip_errors', 'slave_skip_errors'],
    skipsNothing: ['OFF', ''],
    skips: 'continues after errors of its applier',
    // It is only read at a start.
    cure: (variable, { node }) => `remove ${variable} from the configuration of ${node.name} and restart it`,
  },
  {
    names: ['replica_exec_mode', 'slave_exec_mode'],
    skipsNothing: ['STRICT'],
    skips: 'continues if a row to change is missing, or a row to add exists',
    cure: (variable) => `SET GLOBAL ${variable} = 'STRICT'; and remove ${variable} from its configuration`,
  },
  {
    names: ['replicate_events_marked_for_skip'],
    skipsNothing: ['REPLICATE'],
    skips: 'skips what is written with skip_replication',
    cure: (variable) =>
      `STOP ALL SLAVES; SET GLOBAL ${variable} = 'REPLICATE'; START ALL SLAVES; and remove ${variable} from its configuration`,
  },
];

export const skippedEventsRule: ProblemRule = (snapshot) =>
  seenReplicas(snapshot)
    .filter(applies)
    .flatMap((status) => settings.flatMap((setting) => skippedBy(status, setting)));

/** Other servers have no applier that this concerns. */
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
      message: `${name} ${skips} and counts it as applied, so reads that must see a certain write are not sent there; what it lacks must be copied again`,
      variable,
      value,
      cure: `${cure(variable, status)}; then: ${commandLine('cluster', `rejoin ${name} --discard`)}`,
    },
  ];
}
