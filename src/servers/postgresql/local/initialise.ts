import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Command, runCommand } from '../../../platform/run-command.ts';
import type { FoundProgram, InitialiseRequest } from '../../local-servers.ts';
import { credentialValues, loadStatements } from './sql-file.ts';

export const recipe: readonly string[] = [
  '--username=postgres',
  // Texts are ordered by the collations of their columns, the same with every build of the C library.
  '--locale=C',
  '--encoding=UTF8',
  // A server that was left behind can be rewound, and a page that rots is noticed.
  '--data-checksums',
  // No account can log in until `pg_hba.conf` is written at the first start.
  '--auth=reject',
  '--no-sync',
];

/** A program of the same installation. On the PATH there may be links to some of them only. */
export async function programBeside({ command }: FoundProgram, name: string): Promise<Command> {
  return { ...command, path: join(dirname(await realpath(command.path)), name) };
}

/** The accounts too: they are data like any other, so that all servers of a cluster have to begin with the same ones. */
export async function initialise({ binary, dataDirectory, accounts, signal }: InitialiseRequest): Promise<void> {
  const options = { cwd: dataDirectory, signal };
  await runCommand(await programBeside(binary, 'initdb'), [...recipe, `--pgdata=${dataDirectory}`], options);
  const values = credentialValues(accounts);
  for (const [database, name] of [
    ['postgres', 'accounts'],
    ['orders', 'rights'],
  ] as const) {
    const statements = await loadStatements(name, values);
    const settings = ['exit_on_error=on', 'timezone=GMT', 'log_timezone=GMT', 'log_checkpoints=off', 'jit=off'];
    const args = ['--single', '-D', dataDirectory, ...settings.flatMap((setting) => ['-c', setting]), database];
    // By way of the input: other users of this machine can read arguments.
    await runCommand(binary.command, args, { ...options, input: statements.map((one) => `${one}\n`).join('') });
  }
}
