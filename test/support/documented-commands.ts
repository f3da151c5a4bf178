// Every command that a document shows, and what runs it. A command in none of these tables is a fault of
// test/unit/docs/commands.test.ts.
import { documents, read } from '../unit/docs/documents.ts';

/** What is run on one local cluster, in this order. `<server>` and the like are put in by `given`. */
export type Run = {
  readonly prints: RegExp;
  /** Default: 0. */
  readonly code?: number;
  /** It goes on until Ctrl-C. */
  readonly goesOn?: true;
  /** What stands for the words in brackets, and answers questions. */
  readonly given?: string;
};

export const runOnOneCluster: Readonly<Record<string, Run>> = {
  'npm run seed': { prints: /^Wrote 20000 orders with seed 1\.$/m },
  'npm run seed -- --help': { prints: /--append/ },
  'npm run migrate': { prints: /nothing to do|up to date/ },
  'npm run migrate -- --status': { prints: /source/ },
  'npm run health': { prints: /replica-2/ },
  'npm run health -- --help': { prints: /--watch/ },
  'npm run health -- replica-1': { prints: /replica-1/ },
  'npm run health -- --json': { prints: /"name": ?"source"/ },
  'npm run health -- --watch': { prints: /replica-2/, goesOn: true },
  'npm start -- --check-config': { prints: /./ },
  'npm run cluster': { prints: /status/, code: 2 },
  'npm run cluster -- --help': { prints: /switchover/ },
  'npm run cluster -- status': { prints: /^source source, epoch 1$/m },
  'npm run cluster -- promote [server]': { given: 'promote replica-1 --yes', prints: /switchover/, code: 3 },
  'npm run cluster -- promote --if-source-down --yes': { prints: /./ },
  'npm run cluster -- switchover <server>': { given: 'switchover replica-1 --yes', prints: /replica-1/ },
  'npm run cluster -- rejoin <server>': { given: 'rejoin source --yes', prints: /source/ },
  'npm run cluster -- rejoin <server> --discard': { given: 'rejoin source --discard --yes', prints: /source/ },
  'npm run backup -- --help': { prints: /replay-parked/ },
  'npm run backup -- status': { prints: /./ },
  'npm run backup -- verify': { prints: /./ },
  'npm run backup -- repair': { prints: /./ },
  'npm run backup -- replay-parked': { prints: /./ },
  'npm run mirror': { prints: /mirroring/, goesOn: true },
  'npm run worker': { prints: /working/, goesOn: true },
};

/** What needs no cluster. */
export const runAlone: Readonly<Record<string, Run>> = {
  'npm run faults -- --help': { prints: /--only/ },
  'npm run faults -- --list': { prints: /replica/ },
  'npm run faults -- --table': { prints: /^\| scenario/m },
  'npm run mutate -- --help': { prints: /src\/routing/ },
  'npm run consistency -- --help': { prints: /--fork/ },
  'npm run bench -- --help': { prints: /--only/ },
  'npm start -- --variables': { prints: /^\W*SOURCE_URL/m },
  'npm run generate': { prints: /^/ },
  'npm run codegen': { prints: /^/ },
  'npm run build:start': { prints: /^/ },
  'node --inspect dist/main.js': { given: '--version', prints: /^\d+\.\d+\.\d+$/m },
  'npx vitest run --config test/vitest.config.ts --project unit test/unit/routing/router.test.ts': { prints: /passed/ },
  'npm run test:node -- 26 test/unit/routing/router.test.ts': { prints: /^Node v26\./m },
};

/** What the test itself begins and ends with, and what it does between. */
export const runByItself = ['npm start', 'npm run local:reset', 'npm run fix'] as const;

/** What another test runs, or .ci/run: the text is in that file. */
export const runElsewhere: Readonly<Record<string, readonly [file: string, text: string]>> = {
  'npm run dev': ['test/integration/dev.test.ts', "['run', 'dev']"],
  'npm pack': ['test/integration/installed-package.test.ts', "'pack'"],
  'npx file:./tidemark-0.2.0.tgz start': ['test/integration/installed-package.test.ts', "npx('start')"],
  'npx file:<tarball> start': ['test/integration/installed-package.test.ts', "npx('start')"],
  'npm run build': ['package.json', '"build:package": "npm run -s build '],
  // With the tarball in the place of the name: it is in no registry.
  'npm install tidemark mariadb @prisma/client @prisma/adapter-mariadb @prisma/extension-read-replicas': [
    'test/integration/installed-package.test.ts',
    'installIn(project, tarball, ...versions(engine))',
  ],
  'node --import tsx test/examples/books/run.ts <source url> [<replica url> …]': [
    'test/integration/package-exports.test.ts',
    "'test/examples/books/run.ts'",
  ],
  'npm start -- --flavour mysql': ['test/integration/local-start.test.ts', "['start', '--', '--flavour', flavour]"],
  'npm start -- --flavour mysql --topology group': ['test/integration/replication-group.test.ts', "topology: 'group'"],
  'npm run cluster -- add-replica <url>': ['test/integration/cluster-command.test.ts', "command('add-replica'"],
  'npm run backup -- restore --into <url>': ['test/integration/backup-commands.test.ts', "backup('restore', '--into'"],
  'npm ci': ['.ci/run', 'npm ci'],
  'npm test': ['.ci/run', 'npm test'],
  'npm run test:mysql': ['.ci/run', 'npm run test:mysql'],
  'npm run test:postgresql': ['.ci/run', 'npm run test:postgresql'],
  'npx vitest run --config test/vitest.config.ts --project servers test/integration/positions.test.ts': [
    'package.json',
    '"test": "vitest run --config test/vitest.config.ts"',
  ],
  'TIDEMARK_TEST_FLAVOUR=mysql npx vitest run --config test/vitest.config.ts --project servers test/integration/positions.test.ts':
    ['package.json', 'TIDEMARK_TEST_FLAVOUR=mysql vitest run --config test/vitest.config.ts --project servers'],
  'npm run test:unit': ['package.json', '"check": "npm run -s lint && npm run -s types && npm run -s test:unit"'],
  'npm run check': ['.ci/run', 'npm run -s lint\n'],
};

const bench = 'takes up to a quarter of an hour on an idle machine; options and results have tests in test/unit/bench';
const faults = 'takes a minute or more for each scenario; test/integration/fault-suite.test.ts plays one';
const mutants = 'takes minutes for each folder, with no server; its options have tests in test/unit/mutation';
const histories = 'takes minutes; test/consistency runs the same for some seconds';

/** What no test runs as it is written, and why. */
export const notRun: Readonly<Record<string, string>> = {
  'docker compose up':
    'needs a Docker engine; what the containers run is tested in test/integration/local-containers.test.ts',
  'npm start -- --flavour postgresql':
    'needs PostgreSQL or the npm registry; test/integration/local-cluster.test.ts starts the same with TIDEMARK_TEST_FLAVOUR',
  'nvm use': "is another tool's; test/unit/packages/node-versions.test.ts compares .nvmrc with package.json",
  '.ci/run': 'is what runs the tests',
  'npm run test:node -- 24': 'runs all tests again; one file is run on another Node',
  'npm run bench': bench,
  'npm run bench -- --flavour mysql': bench,
  'npm run bench -- --only page-from-cache,page-under-writes --record': bench,
  'npm run faults': faults,
  'npm run faults -- --only a,b': faults,
  'npm run faults -- --flavour mysql': faults,
  'npm run faults -- --busy 60': faults,
  'npm run consistency -- --seconds 300': histories,
  'npm run consistency -- --seconds 300 --source-too': histories,
  'npm run consistency -- --fork all': histories,
  'npm run mutate -- src/routing': mutants,
  'npm run mutate -- src/cluster/health.ts': mutants,
  'npm run mutate -- <folder>': mutants,
};

const programs = /^(?:[A-Z_]+=\S+ )*(?:npm|npx|node|nvm|docker|curl|\.ci\/run)(?: |$)/;

/** The commands in the blocks and the text of a document, without comments. */
export function commandsIn(text: string): readonly string[] {
  const blocks: string[] = [];
  const prose = text.replaceAll(/^ *```(\w*)\n(.*?)^ *```/gms, (_, language: string, block: string) => {
    if (language === 'sh' || language === 'console') blocks.push(block);
    return '';
  });
  const lines = blocks.flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n'));
  const typed = lines.map((line) =>
    line
      .trim()
      .replace(/^\$ /, '')
      .replace(/\s+# .*$/, ''),
  );
  const shown = typed
    .flatMap((line) => (line.startsWith('curl ') ? [line] : line.split(' && ')))
    .map((line) => line.trim());
  return [...shown, ...spoken(prose)].filter(
    (command) => (programs.test(command) && command.includes(' ')) || command === '.ci/run',
  );
}

/** Between backquotes; `-- words` goes on with the command before it. */
function spoken(prose: string): readonly string[] {
  let last = '';
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, words = '']) => {
    if (words.startsWith('-- ')) return `${last} ${words}`;
    last = words.split(' -- ')[0] ?? words;
    return words;
  });
}

/** By command, where it is shown. */
export function documentedCommands(): ReadonlyMap<string, string> {
  const shown = documents.filter((path) => !/^(findings\/|CHANGELOG)/.test(path));
  return new Map(shown.flatMap((path) => commandsIn(read(path)).map((command) => [command, path] as const)));
}
