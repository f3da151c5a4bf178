/**
 * Finds the servers of one flavour and Redis, fetching what is missing, and prints where they are.
 * Ends with 0 when all are there, 3 when they cannot be had on this machine.
 */
import { join } from 'node:path';
import { ServersMissingError } from '../local/local-errors.ts';
import { findServer } from '../local/programs/server-binaries.ts';
import { flavourNames } from '../servers/flavour-name.ts';
import { UsageError } from './arguments.ts';
import { explainFailure } from './explain-failure.ts';

const cannotBeHad = 3;

async function findServers(name: string): Promise<number> {
  const flavour = flavourNames.find((known) => known === name);
  if (flavour === undefined) throw new UsageError(`Name one of ${flavourNames.join(', ')}`);
  const directory = join('.tidemark', 'servers');
  const log = (line: string) => process.stdout.write(`${line}\n`);
  for (const kind of [flavour, 'redis'] as const) {
    const server = await findServer(kind, { directory, log });
    log(`${kind} ${server.version}${server.unpackedUsr === null ? '' : ` in ${server.unpackedUsr}`}`);
  }
  return 0;
}

try {
  process.exitCode = await findServers(process.argv[2] ?? flavourNames[0]);
} catch (error) {
  const { text, exitCode } = explainFailure(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = error instanceof ServersMissingError ? cannotBeHad : exitCode;
}
