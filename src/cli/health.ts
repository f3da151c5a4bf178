// `npm run health`: the state of every server, from the servers themselves.
import type { ClusterHealth, NodeHealth } from '../cluster/cluster-health.ts';
import { systemClock } from '../platform/clock.ts';
import { watchStopSignals } from '../platform/stop-signals.ts';
import { clusterConfig } from './cluster-config.ts';
import { ClusterProbe } from './cluster-probe.ts';
import { entry, print } from './entry.ts';
import { type HealthOptions, healthUsage, readHealthOptions } from './health-options.ts';
import { healthTable } from './health-table.ts';
import { UsageError } from './usage-error.ts';

const exitCodes = { HEALTHY: 0, DEGRADED: 1, DOWN: 2, UNKNOWN: 2 } as const;
const couldNotProbe = 3;
/** A new process takes longer to connect than a running monitor. */
const patienceMs = 1000;
const clearScreen = '\u001b[H\u001b[2J\u001b[3J';

async function run(options: HealthOptions): Promise<number> {
  if (options.help) return print(healthUsage);
  const config = await clusterConfig();
  const names = config.cluster.nodes.map(({ name }) => name);
  if (options.node !== null && !names.includes(options.node)) {
    throw new UsageError(`No node is called ${options.node}. There are: ${names.join(', ')}`);
  }
  const timeoutMs = options.timeoutMs ?? Math.max(config.monitor.timeoutMs, patienceMs);
  const probe = new ClusterProbe(config, { timeoutMs, clock: systemClock });
  try {
    return options.watch ? await watch(probe, options) : show(await probe.probe(), options);
  } finally {
    await probe.close();
  }
}

/** Probes until the process is asked to end; the last result determines the exit status. */
async function watch(probe: ClusterProbe, options: HealthOptions): Promise<number> {
  const end = new AbortController();
  const ended = new Promise<null>((resolve) => end.signal.addEventListener('abort', () => resolve(null)));
  const onStop = () => end.abort();
  const stopWatching = watchStopSignals({ source: process, clock: systemClock, onStop, onImpatience: process.exit });
  let exitCode: number = couldNotProbe;
  while (!end.signal.aborted) {
    const dueMs = systemClock.monotonic() + options.intervalMs;
    const seen = await Promise.race([probe.probe(), ended]);
    if (seen === null) break;
    exitCode = show(seen, options);
    const pauseMs = Math.max(0, dueMs - systemClock.monotonic());
    await systemClock.sleep(pauseMs, { signal: end.signal }).catch(() => undefined);
  }
  stopWatching();
  return exitCode;
}

/** Prints one result. Returns its exit status. */
function show(health: ClusterHealth, { node, json, watch: again }: HealthOptions): number {
  const nodes = node === null ? health.nodes : health.nodes.filter(({ name }) => name === node);
  const state: NodeHealth['state'] = node === null ? health.verdict : (nodes[0]?.state ?? 'UNKNOWN');
  const at = new Date(systemClock.now());
  if (json) {
    const facts = { at: at.toISOString(), ...health, nodes };
    process.stdout.write(`${JSON.stringify(facts, null, again ? 0 : 2)}\n`);
  } else {
    const redrawn = again && process.stdout.isTTY;
    const heading = again ? [at.toLocaleTimeString('sv'), ''] : [];
    const ending = again && !redrawn ? [''] : [];
    process.stdout.write(
      `${redrawn ? clearScreen : ''}${[...heading, ...healthTable(health, nodes), ...ending].join('\n')}\n`,
    );
  }
  return exitCodes[state];
}

// The reader of a pipe may have closed it.
process.stdout.on('error', () => process.exit());
await entry(readHealthOptions, run, () => couldNotProbe);
