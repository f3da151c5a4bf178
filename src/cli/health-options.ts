import { parseOptions } from './parse-options.ts';
import { UsageError } from './usage-error.ts';

export const healthUsage = `Usage: npm run health -- [node] [options]

Looks at every server and says how it is: the servers of the environment, else those of the local cluster. Asks the
servers themselves, so it works without a running API.

  [node]                show this one only, and end by it
  --watch               look again and again until Ctrl-C
  --interval <seconds>  between looks with --watch; 1 unless told
  --timeout <ms>        how long a server may take to answer; 1000 or MONITOR_TIMEOUT_MS, whichever is longer
  --json                as JSON; with --watch one line a look
  --help                print this

Ends with 0 when all is healthy, 1 when something is degraded or missing but orders are read and written, 2 when they
are not or the node is down, 3 when it could not look. With --watch: what the last look found.
A dash is what nobody knows. A role in brackets is as configured: the server does not answer.
`;

export type HealthOptions = {
  readonly node: string | null;
  readonly watch: boolean;
  readonly json: boolean;
  readonly help: boolean;
  readonly intervalMs: number;
  /** `null` unless told. */
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
  if (values.interval !== undefined && !watch) throw new UsageError('--interval goes with --watch');
  const seconds = Number(values.interval ?? '1');
  if (!(seconds >= 0.1 && seconds <= 3600)) throw new UsageError('--interval is a number of seconds from 0.1 to 3600');
  const { timeout } = values;
  if (timeout !== undefined && !(/^\d{2,5}$/.test(timeout) && Number(timeout) <= 60_000)) {
    throw new UsageError('--timeout is a whole number of milliseconds from 10 to 60000');
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
