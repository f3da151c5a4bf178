// `npm run seed`: writes sample orders.
import { seedOrders } from '../orders/seed/seed-orders.ts';
import { systemClock } from '../platform/clock.ts';
import { commandLine } from '../platform/command-line.ts';
import { exampleUrl } from '../servers/server-url.ts';
import { entry, print } from './entry.ts';
import { givenUrlUsage } from './given-url.ts';
import { parseOptions } from './parse-options.ts';
import { mirroredSourceUrl } from './source-url.ts';
import { UsageError } from './usage-error.ts';

const defaultUntil = '2026-11-01T00:00:00.000Z';

const usage = `Usage: ${commandLine('seed', '[options]')}

Writes realistic orders, spread over the 180 days before a fixed date. The same options write the same orders.

  --orders <number>  number of orders. Default: 20000
  --seed <number>    random seed. Default: 1
  --until <date>     date of the newest order, or \`now\`. Default: ${defaultUntil.slice(0, 10)}
  --append           add to existing orders
  --replace          first delete all orders and idempotency records
  --url <url>        ${exampleUrl()}, instead of the environment; ?ssl-mode= and
                     ?ssl-ca= set TLS, else DATABASE_SSL_MODE and DATABASE_SSL_CA.
                     ${givenUrlUsage}
  --help             print this help

The database is MIGRATION_URL, else the source of the environment, else that of the running local cluster.
`;

async function run(values: ReturnType<typeof readOptions>): Promise<number> {
  if (values.help) return print(usage);
  if (values.append && values.replace) throw new UsageError('--append and --replace are mutually exclusive');
  const orders = wholeNumber('--orders', values.orders, 10_000_000);
  const seed = wholeNumber('--seed', values.seed, 2 ** 32 - 1);
  const until = moment(values.until);
  const { url, mirrored } = await mirroredSourceUrl(values.url);
  let shown = 0;
  const written = await seedOrders({
    url,
    orders,
    seed,
    until,
    existing: values.append ? 'append' : values.replace ? 'replace' : 'refuse',
    mirrored,
    progress: (done, of) => {
      const tenths = Math.floor((done / of) * 10);
      if (tenths > shown) process.stdout.write(`${done} of ${of} orders\n`);
      shown = tenths;
    },
  });
  return print(`Wrote ${written} orders with seed ${seed}.\n`);
}

function wholeNumber(option: string, text: string, max: number): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) < 1 || Number(text) > max) {
    throw new UsageError(`${option} must be a whole number from 1 to ${max}`);
  }
  return Number(text);
}

function moment(text: string): Date {
  const date = text === 'now' ? new Date(systemClock.now()) : new Date(text);
  if (Number.isNaN(date.getTime())) throw new UsageError('--until must be a date such as 2026-11-01, or `now`');
  return date;
}

function readOptions(argv: readonly string[]) {
  const flag = { type: 'boolean' } as const;
  return parseOptions(argv, {
    options: {
      orders: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      until: { type: 'string', default: defaultUntil },
      append: flag,
      replace: flag,
      url: { type: 'string' },
      help: flag,
    },
  }).values;
}

await entry(readOptions, run);
