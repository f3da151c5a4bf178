import type { Config } from '../config/config.ts';
import type { Environment } from '../config/environment.ts';
import { configFromLocalCluster } from '../config/local-config.ts';
import type { ServedLab } from '../http/lab.ts';
import { recordApi } from '../local/directory/cluster-file.ts';
import { Lab } from '../local/lab/lab.ts';
import { startLocalCluster } from '../local/local-cluster.ts';
import { PaymentsSandbox } from '../local/payments/payments-sandbox.ts';
import { systemClock } from '../platform/clock.ts';
import type { Lifecycle } from '../platform/lifecycle.ts';
import type { StartArguments } from './arguments.ts';

export type LocalMode = {
  readonly config: Config;
  /** The lab, which injects faults; `null` if it is disabled. */
  readonly lab: (ServedLab & { close(): Promise<void> }) | null;
  /** Publishes the API's address beside the servers', in `cluster.json`. */
  announce(port: number): Promise<void>;
};

export type LocalModeOptions = {
  readonly lifecycle: Lifecycle;
  readonly directory: string;
  readonly flavour: StartArguments['flavour'];
  readonly topology: StartArguments['topology'];
  readonly environment: Environment;
  /** Aborted when the process is asked to end while servers start. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
};

/** A low, steady load for the demo. */
const newOrderEveryMs = 5 * 60_000;

/** Starts the servers of this machine as one part of the process. */
export async function startLocalMode(options: LocalModeOptions): Promise<LocalMode> {
  const { lifecycle, directory, flavour, topology, signal, say } = options;
  say(`Starting a local ${flavour} ${topology === 'group' ? 'group' : 'cluster'} in ${directory}`);
  const cluster = await startLocalCluster({ directory, flavour, topology, signal, log: say });
  await lifecycle.start({ name: 'local cluster', stop: () => cluster.stop(), stopWithinMs: 60_000 });
  const sandbox = new PaymentsSandbox({ clock: systemClock, newOrderEveryMs });
  await lifecycle.start({ name: 'payments sandbox', start: () => sandbox.start(), stop: () => sandbox.stop() });
  const config = configFromLocalCluster(cluster, options.environment, sandbox.url);
  const announce = (port: number) =>
    recordApi(directory, { host: config.http.host, port, pid: process.pid }, config.payments.url);
  const lab = config.page.lab ? new Lab(cluster, systemClock, say) : null;
  return { config, lab, announce };
}
