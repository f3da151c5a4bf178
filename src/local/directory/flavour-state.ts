import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { ServerFlavour, Topology } from '../server-flavour.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const stateSchema = z.object({ id: z.string().min(1), ports: z.record(z.string(), z.number().int()) });

/**
 * What one cluster's data remembers between starts, beside the data and gone with it: the cluster's id, because a token
 * is only good for the data it was made for, and the ports.
 */
export type FlavourState = { readonly id: string; readonly ports: Readonly<Record<string, number>> };

/** Each flavour and topology has data of its own: none can go on with another's. */
export const dataFolder = (directory: string, flavour: ServerFlavour, topology: Topology = 'replication'): string =>
  join(directory, 'data', topology === 'group' ? `${flavour}-group` : flavour);

const statePath = (folder: string) => join(folder, 'state.json');

/** `folder` is what `dataFolder` answers. */
export async function loadFlavourState(folder: string): Promise<FlavourState> {
  const stored = await readJsonFile(statePath(folder), stateSchema);
  if (stored !== null) return stored;
  const state: FlavourState = { id: randomUUID(), ports: {} };
  await saveFlavourState(folder, state);
  return state;
}

export async function saveFlavourState(folder: string, state: FlavourState): Promise<void> {
  await writeJsonFile(statePath(folder), state);
}
