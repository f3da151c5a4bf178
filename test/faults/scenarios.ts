import type { ServerFlavour } from '../../src/local/server-flavour.ts';
import type { Scenario } from './scenario.ts';
import { besideScenarios } from './scenarios/beside.ts';
import { busyScenarios } from './scenarios/busy.ts';
import { failoverScenarios } from './scenarios/failovers.ts';
import { replicaScenarios } from './scenarios/replicas.ts';
import { sourceScenarios } from './scenarios/source.ts';

/** Those that share servers come first: in between, others would have to start servers of their own. */
export const scenarios: readonly Scenario[] = [
  ...replicaScenarios,
  ...sourceScenarios,
  ...besideScenarios,
  ...busyScenarios,
  ...failoverScenarios,
];

export function isPlayedOn({ ground }: Scenario, flavour: ServerFlavour): boolean {
  return ground !== 'group' || flavour === 'mysql';
}
