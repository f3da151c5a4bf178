/** What `--check-config` finds on the servers themselves. */
import { degrades } from '../cluster/problem.ts';
import type { Config } from '../config/config.ts';
import { systemClock } from '../platform/clock.ts';
import { within } from '../platform/deadline.ts';
import { ClusterLook } from './cluster-look.ts';
import { healthTable } from './health-table.ts';

export type ServerCheck = { readonly text: string; readonly exitCode: number };

/** A process that has just started is slower to connect than one that has been looking for long. */
const patienceMs = 1000;
const deadlineMs = 15_000;
/** The configuration is right, and the servers are not set up for what is promised. */
const brokenPromise = 3;

/** A server that is away is said, and is no fault of the configuration: it may be started after this. */
export async function checkServers(config: Config): Promise<ServerCheck> {
  const timeoutMs = Math.max(config.monitor.timeoutMs, patienceMs);
  const look = new ClusterLook(config, { timeoutMs, clock: systemClock });
  try {
    const health = await within(look.look(), deadlineMs, systemClock);
    const text = `Servers\n${healthTable(health)
      .map((line) => `  ${line}`.trimEnd())
      .join('\n')}\n`;
    return { text, exitCode: health.problems.some(degrades) ? brokenPromise : 0 };
  } catch {
    return { text: `Servers\n  Nothing was found out within ${deadlineMs / 1000} s.\n`, exitCode: 0 };
  } finally {
    await look.close();
  }
}
