/**
 * A replica that asks for a place in a file has what follows that place. MariaDB then counts all smaller numbers as applied,
 * whether they were or not; MySQL may give transactions numbers of its own, which the source knows nothing of.
 */
import type { Problem } from '../problem.ts';
import type { ProblemRule } from './problem-rule.ts';
import { type FollowedChannel, isMariadb, seenChannels } from './seen-settings.ts';

export const followsByFileRule: ProblemRule = (snapshot) =>
  seenChannels(snapshot)
    .filter(({ channel }) => !channel.follows.byNumber)
    .map(problemOf);

function problemOf({ status, channel }: FollowedChannel): Problem {
  const { name } = status.node;
  const { variable, value } = channel.follows;
  return {
    code: 'FOLLOWS_BY_FILE',
    node: name,
    message: `${name} follows its source by file and place, so its position may count what it never received: reads that must see a certain write are not sent there`,
    variable,
    value,
    cure: isMariadb(status) ? cureOfMariadb(channel.name) : cureOfMysql(channel.name),
  };
}

function cureOfMariadb(channel: string): string {
  const quoted = channel === '' ? '' : ` '${channel}'`;
  return `STOP SLAVE${quoted}; CHANGE MASTER${quoted} TO MASTER_USE_GTID = slave_pos; START SLAVE${quoted}`;
}

function cureOfMysql(channel: string): string {
  const forChannel = channel === '' ? '' : ` FOR CHANNEL '${channel}'`;
  return `STOP REPLICA${forChannel}; CHANGE REPLICATION SOURCE TO SOURCE_AUTO_POSITION = 1${forChannel}; START REPLICA${forChannel}`;
}
