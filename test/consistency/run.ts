import { systemClock } from '../../src/platform/clock.ts';
import { checkHistory } from './check-history.ts';
import { experiment, type Finding, keep, type Laboratory, openLaboratory } from './experiment.ts';
import { type ForkFinding, forkExperiment, reportFork } from './forks/fork-experiment.ts';
import { forkWays, isForkWay } from './forks/ways.ts';
import { loadHistory } from './history.ts';
import { explain, report } from './report.ts';
import { help, type RunOptions, readOptions, WrongOptionError } from './run-options.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);

/** With tokens nothing may be found. Without them something must be, or the checker is blind. */
function verdict({ history, anomalies }: Finding): boolean {
  return history.header.tokens ? anomalies.length === 0 : anomalies.length > 0;
}

/** Where nothing was lost there is nothing to be found without tokens either. */
function forkVerdict({ options, anomalies, control }: ForkFinding): boolean {
  if (!options.lossy) return anomalies.length === 0 && control.length === 0;
  return options.tokens ? anomalies.length === 0 && control.length > 0 : anomalies.length > 0;
}

async function inLaboratory<T>(
  { flavour, topology }: RunOptions,
  work: (laboratory: Laboratory) => Promise<T>,
): Promise<T> {
  const laboratory = await openLaboratory(flavour, topology);
  let stopping: Promise<void> | null = null;
  const close = () => {
    stopping ??= laboratory.stop();
    return stopping;
  };
  const interrupted = () => void close().then(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupted);
  try {
    return await work(laboratory);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupted);
    await close();
  }
}

async function work(options: RunOptions): Promise<boolean> {
  const { judge, seconds, tokens, sessions, sourceToo, seed = systemClock.now() % 1_000_000 } = options;
  let finding: Finding;
  if (judge === undefined) {
    const given = { seconds, tokens, seed, sessions, sourceToo, log: print };
    finding = await inLaboratory(options, (laboratory) => experiment(laboratory, given));
  } else {
    const history = await loadHistory(judge);
    finding = { history, anomalies: checkHistory(history), misfortunes: 0 };
  }
  print(report(finding));
  if (finding.anomalies.length > 0) print(explain(finding.anomalies));
  if (judge === undefined && !verdict(finding)) print(`kept: ${await keep(finding)}`);
  return verdict(finding);
}

async function fork(options: RunOptions): Promise<boolean> {
  const { fork: asked, tokens, clients } = options;
  const ways = asked === 'all' ? Object.keys(forkWays).filter(isForkWay) : asked === undefined ? [] : [asked];
  const kinds = asked === 'all' ? [true, false] : [options.lossy];
  let good = true;
  for (const way of ways) {
    for (const lossy of kinds) {
      const given = { way, lossy, tokens, clients, log: print };
      const finding = await forkExperiment(given, options.flavour);
      print(reportFork(finding));
      good &&= forkVerdict(finding);
    }
  }
  return good;
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === null) print(help);
  else process.exitCode = (await (options.fork === undefined ? work(options) : fork(options))) ? 0 : 1;
} catch (error) {
  if (!(error instanceof WrongOptionError)) throw error;
  process.stderr.write(`${error.message}\n\n${help}`);
  process.exitCode = 2;
}
