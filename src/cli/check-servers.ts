/** What `--check-config` finds on the servers themselves. */
import { degrades } from '../cluster/problem.ts';
import type { Config } from '../config/config.ts';
import { systemClock } from '../platform/clock.ts';
import { within } from '../platform/deadline.ts';
import { ClusterProbe } from './cluster-probe.ts';
import { healthTable } from './health-table.ts';

export type ServerCheck = { readonly text: string; readonly exitCode: number };

/** A new process takes longer to connect than a running monitor. */
const patienceMs = 1000;
const deadlineMs = 15_000;
/** Exit status: the configuration is valid, but servers are configured so that a guarantee does not hold. */
const brokenPromise = 3;

/** A server that is down is reported, but is no fault of the configuration: it may be started later. */
export async function checkServers(config: Config): Promise<ServerCheck> {
  const timeoutMs = Math.max(config.monitor.timeoutMs, patienceMs);
  const probe = new ClusterProbe(config, { timeoutMs, clock: systemClock });
  try {
    const health = await within(probe.probe(), deadlineMs, systemClock);
    const text = `Servers\n${healthTable(health)
      .map((line) => `  ${line}`.trimEnd())
      .join('\n')}\n`;
    return { text, exitCode: health.problems.some(degrades) ? brokenPromise : 0 };
  } catch {
    return { text: `Servers\n  No result within ${deadlineMs / 1000} s.\n`, exitCode: 0 };
  } finally {
    await probe.close();
  }
}
