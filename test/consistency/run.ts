// npm run consistency -- [--seconds N] [--flavour mariadb|mysql] [--topology replication|group] [--without-tokens] [--source-too] [--seed N] [--sessions N]
// npm run consistency -- --judge <history.jsonl>     judges a saved history again
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/platform/clock.ts';
import { checkHistory } from './check-history.ts';
import { experiment, type Finding, keep, openLaboratory } from './experiment.ts';
import { loadHistory } from './history.ts';
import { explain, report } from './report.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    flavour: { type: 'string' },
    topology: { type: 'string', default: 'replication' },
    'without-tokens': { type: 'boolean', default: false },
    'source-too': { type: 'boolean', default: false },
    seed: { type: 'string' },
    sessions: { type: 'string', default: '12' },
    judge: { type: 'string' },
  },
});

const print = (line: string) => process.stdout.write(`${line}\n`);

/** With tokens nothing may be found. Without them something must be, or the checker is blind. */
function verdict({ history, anomalies }: Finding): boolean {
  return history.header.tokens ? anomalies.length === 0 : anomalies.length > 0;
}

async function observe(): Promise<Finding> {
  const { topology } = values;
  if (topology !== 'replication' && topology !== 'group') throw new Error(`no such topology: ${topology}`);
  const flavour = values.flavour ?? (topology === 'group' ? 'mysql' : undefined);
  if (flavour !== undefined && flavour !== 'mariadb' && flavour !== 'mysql')
    throw new Error(`no such flavour: ${flavour}`);
  const seconds = wholeNumber('seconds', values.seconds);
  const seed = wholeNumber('seed', values.seed ?? String(systemClock.now() % 1_000_000));
  const sessions = wholeNumber('sessions', values.sessions);
  const laboratory = await openLaboratory(flavour, topology);
  let stopping: Promise<void> | null = null;
  const close = () => {
    stopping ??= laboratory.stop();
    return stopping;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void close().then(() => process.exit(130)));
  try {
    return await experiment(laboratory, {
      seconds,
      tokens: !values['without-tokens'],
      seed,
      sessions,
      sourceToo: values['source-too'],
      log: print,
    });
  } finally {
    await close();
  }
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} is a whole number, not ${text}`);
  return Number(text);
}

let finding: Finding;
if (values.judge === undefined) {
  finding = await observe();
} else {
  const history = await loadHistory(values.judge);
  finding = { history, anomalies: checkHistory(history), misfortunes: 0 };
}
print(report(finding));
if (finding.anomalies.length > 0) print(explain(finding.anomalies));
if (values.judge === undefined && !verdict(finding)) print(`kept: ${await keep(finding)}`);
process.exitCode = verdict(finding) ? 0 : 1;
