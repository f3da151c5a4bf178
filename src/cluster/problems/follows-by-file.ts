/**
 * A replica that replicates by file and position has what follows that position. MariaDB then counts all smaller numbers as applied,
 * whether they were or not; MySQL may give transactions numbers of its own, which the source does not know.
 */
import type { Problem } from '../problem.ts';
import type { ProblemRule } from './problem-rule.ts';
import { type FollowedChannel, seenChannels } from './seen-settings.ts';

export const followsByFileRule: ProblemRule = (snapshot) =>
  seenChannels(snapshot)
    .filter(({ channel }) => !channel.follows.byNumber)
    .map(problemOf);

function problemOf({ status, channel }: FollowedChannel): Problem {
  const { node, report } = status;
  const { name } = node;
  const { variable, value } = channel.follows;
  return {
    code: 'FOLLOWS_BY_FILE',
    node: name,
    message: `${name} replicates its source by file and position, so its GTID position may count what it never received: reads that must see a certain write are not sent there`,
    variable,
    value,
    cure: report?.terms.followByNumber(channel.name) ?? null,
  };
}
