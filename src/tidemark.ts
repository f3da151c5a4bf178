#!/usr/bin/env node
// `npx tidemark <command>`: the commands of the installed package. Each is what `npm run <command>` runs in a checkout.
const commands = {
  start: () => import('./main.ts'),
  health: () => import('./cli/health.ts'),
  cluster: () => import('./cli/cluster.ts'),
  backup: () => import('./cli/backup.ts'),
  migrate: () => import('./cli/migrate.ts'),
  seed: () => import('./cli/seed.ts'),
  mirror: () => import('./cli/mirror.ts'),
  worker: () => import('./cli/worker.ts'),
} as const;

const usage = `Usage: tidemark <command> [options]

  start      the API; without servers in the environment also a local cluster
  health     state of the servers
  cluster    guided failover
  backup     compares, repairs and restores
  migrate    applies migrations
  seed       writes sample orders
  mirror     copies orders to the backup, in a process of its own
  worker     background jobs, in a process of their own

\`tidemark <command> --help\` lists its options.
`;

const isCommand = (name: string): name is keyof typeof commands => Object.hasOwn(commands, name);

const [, , name = '--help'] = process.argv;
if (isCommand(name)) {
  // The command reads its arguments as if it had been started directly.
  process.argv.splice(2, 1);
  await commands[name]();
} else if (name === '--help') {
  process.stdout.write(usage);
} else if (name === '--version') {
  const { version } = await import('./cli/version.ts');
  process.stdout.write(`${version()}\n`);
} else {
  process.stderr.write(`Unknown command ${name}.\n\n${usage}`);
  process.exitCode = 2;
}
