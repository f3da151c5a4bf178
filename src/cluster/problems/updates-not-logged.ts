/** A replica in the middle of a chain must log what it receives, or those behind it receive nothing and seem healthy. */
import type { NodeStatus } from '../node-status.ts';
import type { ProblemRule } from './problem-rule.ts';
import { isOff, seenChannels, seenReplicas, variableOf } from './seen-settings.ts';

export const updatesNotLoggedRule: ProblemRule = (snapshot) => {
  const replicas = seenReplicas(snapshot);
  return seenChannels(snapshot).flatMap(({ status, channel }) => {
    const between = replicas.find((other) => other !== status && idOf(other) === channel.sourceId);
    const keeps = between && withheldBy(between);
    if (between === undefined || keeps === undefined) return [];
    const [from, to] = [between.node.name, status.node.name];
    return [
      {
        code: 'UPDATES_NOT_LOGGED',
        node: to,
        message: `${to} replicates ${from}, which does not log what it receives`,
        variable: keeps,
        value: 'OFF',
        cure: `restart ${from} with ${keeps} in its configuration, then copy ${to} again`,
      } as const,
    ];
  });
};

const idOf = (status: NodeStatus): string | undefined => variableOf(status, 'server_id');

function withheldBy(status: NodeStatus): string | undefined {
  return ['log_bin', 'log_replica_updates', 'log_slave_updates'].find((name) => isOff(variableOf(status, name)));
}
