import { commandLine } from '../platform/command-line.ts';
import { parseOptions } from './parse-options.ts';
import { UsageError } from './usage-error.ts';

export const healthUsage = `Usage: ${commandLine('health', '[node] [options]')}

Prints the state of every server: those of the environment, else those of the local cluster. Asks the
servers themselves, so it works without a running API.

  [node]                show only this node; it determines the exit status
  --watch               repeat until Ctrl-C
  --interval <seconds>  between probes with --watch. Default: 1
  --timeout <ms>        how long a server may take to answer. Default: 1000 or MONITOR_TIMEOUT_MS, whichever is longer
  --json                JSON output; with --watch one line per probe
  --help                print this help

Exit status: 0 if all is healthy, 1 if something is degraded or missing but orders can be read and written, 2 if they
cannot or the node is down, 3 if the state could not be determined. With --watch: that of the last probe.
A dash means unknown. A role in brackets is the configured one: the server does not answer.
`;

export type HealthOptions = {
  readonly node: string | null;
  readonly watch: boolean;
  readonly json: boolean;
  readonly help: boolean;
  readonly intervalMs: number;
  /** `null` by default. */
  readonly timeoutMs: number | null;
};

const flag = { type: 'boolean' } as const;
const text = { type: 'string' } as const;
const given = { watch: flag, json: flag, help: { ...flag, short: 'h' }, interval: text, timeout: text } as const;

/** Throws `UsageError`. */
export function readHealthOptions(argv: readonly string[]): HealthOptions {
  const { values, positionals } = parseOptions(argv, { options: given, allowPositionals: true });
  if (positionals.length > 1) throw new UsageError('Name one node, or none for all');
  const { watch = false, json = false, help = false } = values;
  if (values.interval !== undefined && !watch) throw new UsageError('--interval needs --watch');
  const seconds = Number(values.interval ?? '1');
  if (!(seconds >= 0.1 && seconds <= 3600))
    throw new UsageError('--interval must be a number of seconds from 0.1 to 3600');
  const { timeout } = values;
  if (timeout !== undefined && !(/^\d{2,5}$/.test(timeout) && Number(timeout) <= 60_000)) {
    throw new UsageError('--timeout must be a whole number of milliseconds from 10 to 60000');
  }
  return {
    node: positionals[0] ?? null,
    watch,
    json,
    help,
    intervalMs: seconds * 1000,
    timeoutMs: timeout === undefined ? null : Number(timeout),
  };
}
