import { parseArgs } from 'node:util';
import type { ServerFlavour } from '../../src/local/server-flavour.ts';

export const usage = `Usage: npm run bench -- [options]

Measures what consistency costs, both sides alternately in one run, and compares it with the targets. Exits with status 1 if a
target is missed.

  --only <names>      run these benchmarks only, comma separated
  --seconds <number>  duration of each comparison (default: 30)
  --concurrency <n>   number of concurrent clients (default: 8)
  --flavour <name>    mariadb or mysql (default: TIDEMARK_TEST_FLAVOUR, otherwise mariadb)
  --seed <number>     seed of the orders and of random choices (default: 1)
  --orders <number>   number of orders in the database (default: 20000)
  --against <dir>     another checkout, installed and built (npm run build), to compare with in other-build
  --record            also save the results of --only; a run of all benchmarks always does
  --json <file>       file of the results (default: test/bench/results/<flavour>.json)
  --list              print the names
  --help              print this text
`;

export type BenchOptions = {
  readonly only: readonly string[] | null;
  readonly seconds: number;
  readonly concurrency: number;
  readonly flavour: ServerFlavour | undefined;
  readonly seed: number;
  readonly orders: number;
  readonly against: string | null;
  readonly record: boolean;
  readonly json: string | null;
  readonly list: boolean;
  readonly help: boolean;
};

/** Throws a plain sentence. */
export function readOptions(argv: readonly string[], names: readonly string[]): BenchOptions {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: text,
      seconds: { ...text, default: '30' },
      concurrency: { ...text, default: '8' },
      flavour: text,
      seed: { ...text, default: '1' },
      orders: { ...text, default: '20000' },
      against: text,
      record: flag,
      json: text,
      list: flag,
      help: flag,
    },
  });
  const only = values.only?.split(',').map((name) => name.trim()) ?? null;
  const unknown = only?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0)
    throw new Error(`no benchmark is called ${unknown.join(', ')}; there are ${names.join(', ')}`);
  const { flavour } = values;
  if (flavour !== undefined && flavour !== 'mariadb' && flavour !== 'mysql')
    throw new Error(`unknown flavour: ${flavour}`);
  return {
    only,
    seconds: wholeNumber('seconds', values.seconds),
    concurrency: wholeNumber('concurrency', values.concurrency),
    flavour,
    seed: wholeNumber('seed', values.seed),
    orders: wholeNumber('orders', values.orders),
    against: values.against ?? null,
    record: values.record,
    json: values.json ?? null,
    list: values.list,
    help: values.help,
  };
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error(`--${name} is a whole number from 1, not ${text}`);
  return Number(text);
}
