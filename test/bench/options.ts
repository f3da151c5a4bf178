import { parseArgs } from 'node:util';
import type { ServerFlavour } from '../../src/local/server-flavour.ts';

export const usage = `Usage: npm run bench -- [options]

Measures what consistency costs, side by side in one run, and holds it against the bars. Ends with 1 when a bar is missed.

  --only <names>      some benches, comma separated
  --seconds <number>  how long each comparison lasts, 30 unless told
  --concurrency <n>   clients side by side, 8 unless told
  --flavour <word>    mariadb or mysql; TIDEMARK_TEST_FLAVOUR, else mariadb unless told
  --seed <number>     another number, other orders and other choices; 1 unless told
  --orders <number>   how many orders are seeded, 20000 unless told
  --against <dir>     another checkout, with its packages and \`npm run build\` done: what other-build compares with
  --record            write what some benches measured to the file of results as well; a run of all does so anyway
  --json <file>       that file; test/bench/results/<flavour>.json unless told
  --list              print the names
  --help              print this
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
  if (unknown.length > 0) throw new Error(`no bench is called ${unknown.join(', ')}; there are ${names.join(', ')}`);
  const { flavour } = values;
  if (flavour !== undefined && flavour !== 'mariadb' && flavour !== 'mysql')
    throw new Error(`no such flavour: ${flavour}`);
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
