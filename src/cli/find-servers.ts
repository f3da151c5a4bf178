/**
 * Finds the servers of one flavour and Redis, downloading what is missing, and prints where they are.
 * Exit status: 0 if all are there, 3 if they are not available for this machine.
 */
import { join } from 'node:path';
import { ServersMissingError } from '../local/local-errors.ts';
import { findServer } from '../local/programs/server-binaries.ts';
import { type FlavourName, flavourNames } from '../servers/flavour-name.ts';
import { entry } from './entry.ts';
import { UsageError } from './usage-error.ts';

const cannotBeHad = 3;

async function findServers(flavour: FlavourName): Promise<number> {
  const directory = join('.tidemark', 'servers');
  const log = (line: string) => process.stdout.write(`${line}\n`);
  for (const kind of [flavour, 'redis'] as const) {
    const server = await findServer(kind, { directory, log });
    log(`${kind} ${server.version}${server.unpackedUsr === null ? '' : ` in ${server.unpackedUsr}`}`);
  }
  return 0;
}

function readFlavour([name = flavourNames[0]]: readonly string[]): FlavourName {
  const flavour = flavourNames.find((known) => known === name);
  if (flavour === undefined) throw new UsageError(`Name one of ${flavourNames.join(', ')}`);
  return flavour;
}

await entry(readFlavour, findServers, (error) => (error instanceof ServersMissingError ? cannotBeHad : null));
