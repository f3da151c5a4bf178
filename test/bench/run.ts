// npm run bench -- [--only names] [--record] [--seconds N] [--flavour mariadb|mysql] [--json file] [--help]
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/platform/clock.ts';
import { Random } from '../consistency/random.ts';
import type { Bench } from './bench.ts';
import { backupCatchUp } from './benches/backup-catch-up.ts';
import { bothBehindWait50 } from './benches/both-behind-wait-50.ts';
import { commitToBackup } from './benches/commit-to-backup.ts';
import { gatedReadVsWaitFunction } from './benches/gated-read-vs-wait-function.ts';
import { idleProbes } from './benches/idle-probes.ts';
import { listDuringRecheck } from './benches/list-during-recheck.ts';
import { memory } from './benches/memory.ts';
import { oneReplicaBehind } from './benches/one-replica-behind.ts';
import { otherBuild } from './benches/other-build.ts';
import { pageAfterOwnWrite } from './benches/page-after-own-write.ts';
import { pageFromCache } from './benches/page-from-cache.ts';
import { pageInBrowser } from './benches/page-in-browser.ts';
import { pageInteractions } from './benches/page-interactions.ts';
import { pageUnderWrites } from './benches/page-under-writes.ts';
import { readAfterOwnWrite } from './benches/read-after-own-write.ts';
import { readSatisfiedToken } from './benches/read-satisfied-token.ts';
import { readsBesideHeavy } from './benches/reads-beside-heavy.ts';
import { refusalCost } from './benches/refusal-cost.ts';
import { session50msLate } from './benches/session-50ms-late.ts';
import { startToFirstAnswer } from './benches/start-to-first-answer.ts';
import { writeWithCapture } from './benches/write-with-capture.ts';
import { writeWithMirroring } from './benches/write-with-mirroring.ts';
import { writeWithProof } from './benches/write-with-proof.ts';
import { Laboratory } from './laboratory.ts';
import { describeMachine } from './machine.ts';
import { type BenchOptions, readOptions, usage } from './options.ts';
import { record } from './recorded-results.ts';
import { allMet, type BenchResult, line, markdown, type Results } from './report.ts';

/** Those that want the same cluster follow each other. */
const benches: readonly Bench[] = [
  otherBuild,
  readSatisfiedToken,
  gatedReadVsWaitFunction,
  writeWithCapture,
  writeWithProof,
  readAfterOwnWrite,
  readsBesideHeavy,
  memory,
  session50msLate,
  oneReplicaBehind,
  bothBehindWait50,
  commitToBackup,
  backupCatchUp,
  idleProbes,
  // After those that compare the backup with the source: its other side writes orders that the backup is not told of.
  writeWithMirroring,
  refusalCost,
  pageFromCache,
  pageUnderWrites,
  pageAfterOwnWrite,
  listDuringRecheck,
  pageInBrowser,
  pageInteractions,
  startToFirstAnswer,
];

const print = (text: string) => process.stdout.write(`${text}\n`);

async function run(argv: readonly string[]): Promise<number> {
  const names = benches.map(({ name }) => name);
  const options = readOptions(argv, names);
  if (options.help) print(usage);
  else if (options.list) print(names.join('\n'));
  else return (await measureAll(options, names)) ? 0 : 1;
  return 0;
}

async function measureAll(options: BenchOptions, names: readonly string[]): Promise<boolean> {
  const { only, seconds, concurrency, seed, orders, against } = options;
  const startedMs = systemClock.monotonic();
  const laboratory = new Laboratory({ ...options, log: print });
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= laboratory.close();
    return closing;
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void close().then(() => process.exit(130)));
  }
  const random = new Random(seed);
  const results: BenchResult[] = [];
  try {
    for (const bench of benches) {
      const chance = random.fork();
      if (only !== null && !only.includes(bench.name)) continue;
      if (only === null && bench === otherBuild && against === null) continue;
      print(`${bench.name}: ${bench.title}`);
      const measured = await bench.measure({ laboratory, seconds, concurrency, orders, against, random: chance });
      for (const found of measured.findings) print(line(found));
      const measuredAt = new Date(systemClock.now()).toISOString();
      const { serverVersion } = laboratory.servers();
      const settings = { seconds, concurrency, seed, orders };
      const { name, title } = bench;
      results.push({ name, title, measuredAt, machine: describeMachine(), serverVersion, settings, ...measured });
    }
  } finally {
    await close();
  }
  const { flavour } = laboratory.servers();
  const all: Results = { flavour, met: allMet(results), benches: results };
  print(`\n${markdown(all)}\n`);
  print(`took ${Math.round((systemClock.monotonic() - startedMs) / 1000)} s`);
  const file = options.json ?? (only === null || options.record ? standingResults(flavour) : null);
  if (file !== null) {
    await record(file, all, names);
    print(`written to ${file}`);
  }
  return all.met;
}

const standingResults = (flavour: string) => fileURLToPath(new URL(`results/${flavour}.json`, import.meta.url));

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 2;
}
