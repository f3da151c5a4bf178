// npm run faults -- [--only names] [--flavour mariadb|mysql] [--seed N] [--busy seconds] [--json file] [--list] [--table] [--help]
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/platform/clock.ts';
import { isMet } from '../bench/finding.ts';
import { describeMachine } from '../bench/machine.ts';
import { saveHistory } from '../consistency/history.ts';
import { explain } from '../consistency/report.ts';
import { testFlavour } from '../support/test-cluster.ts';
import { type Outcome, play } from './play.ts';
import { lines, type Results } from './report.ts';
import { caption, table } from './results-table.ts';
import type { Scenario } from './scenario.ts';
import { busyFor, busyName } from './scenarios/busy.ts';
import { isPlayedOn, scenarios } from './scenarios.ts';
import { Stages } from './stages.ts';

const usage = `Usage: npm run faults -- [options]

Stops and kills servers while clients work, and checks everything that the clients were told. Exits with status 1 if a target
is missed.

  --only <names>      run these scenarios only, comma separated
  --flavour <name>    mariadb or mysql (default: TIDEMARK_TEST_FLAVOUR, otherwise mariadb)
  --seed <number>     seed of the clients' work (default: 1)
  --busy <seconds>    how long ${busyName} keeps the processors busy (default: 600)
  --json <file>       file of the results (default, if all scenarios run: test/faults/results/<flavour>.json)
  --list              print the names
  --table             print the recorded results, MariaDB / MySQL
  --help              print this text
`;

const artefacts = fileURLToPath(new URL('../artefacts', import.meta.url));
const print = (text: string) => process.stdout.write(`${text}\n`);

async function run(argv: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = {
    only: text,
    flavour: text,
    seed: { ...text, default: '1' },
    busy: text,
    json: text,
    list: flag,
    table: flag,
    help: flag,
  };
  const { values } = parseArgs({ args: [...argv], options });
  const names = scenarios.map(({ name }) => name);
  const only = values.only?.split(',').map((name) => name.trim()) ?? null;
  const unknown = only?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0) throw new Error(`no scenario is called ${unknown.join(', ')}; there are ${names.join(', ')}`);
  const { flavour, seed, busy } = values;
  if (flavour !== undefined && flavour !== 'mariadb' && flavour !== 'mysql')
    throw new Error(`unknown flavour: ${flavour}`);
  if (!/^\d{1,9}$/.test(seed)) throw new Error(`--seed is a whole number, not ${seed}`);
  if (busy !== undefined && !/^[1-9]\d{0,4}$/.test(busy)) throw new Error(`--busy is in whole seconds, not ${busy}`);
  if (values.help) print(usage);
  else if (values.list) print(names.join('\n'));
  else if (values.table) print(await recorded());
  else {
    const lengths =
      busy === undefined ? scenarios : scenarios.map((scenario) => lasting(scenario, Number(busy) * 1000));
    return await playAll(flavour, lengths, only, Number(seed), values.json ?? null);
  }
  return 0;
}

const lasting = (scenario: Scenario, busyMs: number) => (scenario.name === busyName ? busyFor(busyMs) : scenario);

const standing = (flavour: string) => fileURLToPath(new URL(`results/${flavour}.json`, import.meta.url));

async function recorded(): Promise<string> {
  const read = async (flavour: string) => JSON.parse(await readFile(standing(flavour), 'utf8')) as Results;
  const all = await Promise.all(['mariadb', 'mysql'].map(read));
  return `${table(all)}\n\n${caption(all)}`;
}

async function playAll(
  flavour: 'mariadb' | 'mysql' | undefined,
  scenarios: readonly Scenario[],
  only: readonly string[] | null,
  seed: number,
  json: string | null,
): Promise<number> {
  const stages = new Stages(flavour);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stages.close().then(() => process.exit(130)));
  const outcomes: Outcome[] = [];
  const own = flavour ?? testFlavour();
  let serverVersion = '';
  try {
    for (const [turn, scenario] of scenarios.entries()) {
      if ((only !== null && !only.includes(scenario.name)) || !isPlayedOn(scenario, own)) continue;
      const stage = await stages.for(scenario.ground);
      serverVersion = stage.cluster.cluster.nodes[0]?.version ?? '';
      print(`${scenario.name}: ${scenario.title}`);
      const { history, broken, differences, outcome } = await play(stage, scenario, { turn, seed });
      outcomes.push(outcome);
      print(lines(outcome));
      if (differences.length > 0) print(`the backup differs:\n  ${differences.slice(0, 20).join('\n  ')}`);
      if (broken.length === 0) continue;
      const path = join(artefacts, `faults-${own}-${scenario.name}-${seed}.jsonl`);
      await mkdir(artefacts, { recursive: true });
      await saveHistory(path, history);
      print(`${explain(broken)}\nkept: ${path}`);
    }
  } catch (error) {
    print(stages.output().slice(-20).join('\n'));
    throw error;
  } finally {
    await stages.close();
  }
  const met = outcomes.every(({ findings }) => findings.every(isMet));
  const results: Results = {
    measuredAt: new Date(systemClock.now()).toISOString(),
    machine: describeMachine(),
    flavour: own,
    serverVersion,
    seed,
    met,
    outcomes,
  };
  print(`\n${table([results])}\n\n${caption([results])}\n`);
  const file = json ?? (only === null ? standing(own) : null);
  if (file !== null) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
    print(`written to ${file}`);
  }
  return met ? 0 : 1;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 2;
}
