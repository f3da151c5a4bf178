#!/usr/bin/env node
// `npx tidemark <command>`: the commands of the installed package. Each is what `npm run <command>` runs in a checkout.
import { endWithParent, missingFlags, nodeFlags, runWith } from './cli/node-flags.ts';
import type { CommandName } from './platform/command-line.ts';

const commands: Readonly<Record<CommandName, () => Promise<unknown>>> = {
  start: () => import('./main.ts'),
  health: () => import('./cli/health.ts'),
  cluster: () => import('./cli/cluster.ts'),
  backup: () => import('./cli/backup.ts'),
  migrate: () => import('./cli/migrate.ts'),
  seed: () => import('./cli/seed.ts'),
  mirror: () => import('./cli/mirror.ts'),
  worker: () => import('./cli/worker.ts'),
  'local:reset': () => import('./cli/local-reset.ts'),
};

const usage = `Usage: tidemark <command> [options]

  start        the API; without servers in the environment also a local cluster
  health       state of the servers
  cluster      guided failover
  backup       compares, repairs and restores
  migrate      applies migrations
  seed         writes sample orders
  mirror       copies orders to the backup, in a process of its own
  worker       background jobs, in a process of their own
  local:reset  deletes the data of the local cluster

\`tidemark <command> --help\` lists its options, \`tidemark --version\` prints the version.
`;

const isCommand = (name: string): name is CommandName => Object.hasOwn(commands, name);

async function run(name: CommandName): Promise<void> {
  const flags = missingFlags(name, process.execArgv);
  if (flags.length > 0) {
    process.exitCode = await runWith(flags);
    return;
  }
  if (nodeFlags[name] !== undefined) endWithParent();
  // The command reads its arguments as if it had been started directly.
  process.argv.splice(2, 1);
  await commands[name]();
}

const [, , name = '--help'] = process.argv;
if (isCommand(name)) {
  await run(name);
} else if (name === '--help' || name === '-h' || name === 'help') {
  process.stdout.write(usage);
} else if (name === '--version') {
  const { version } = await import('./cli/version.ts');
  process.stdout.write(`${version()}\n`);
} else {
  process.stderr.write(`Unknown command ${name}.\n\n${usage}`);
  process.exitCode = 2;
}
