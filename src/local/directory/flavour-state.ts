import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { ServerFlavour, Topology } from '../server-flavour.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const stateSchema = z.object({ id: z.string().min(1), ports: z.record(z.string(), z.number().int()) });

/**
 * State of one cluster that is kept between starts and deleted with its data: the cluster's id, because a token
 * is only valid for the data it was issued for, and the ports.
 */
export type FlavourState = { readonly id: string; readonly ports: Readonly<Record<string, number>> };

/** Each flavour and topology has its own data; none can use another's. */
export const dataFolder = (directory: string, flavour: ServerFlavour, topology: Topology = 'replication'): string =>
  join(directory, 'data', topology === 'group' ? `${flavour}-group` : flavour);

const statePath = (folder: string) => join(folder, 'state.json');

/** `folder`: as returned by `dataFolder`. */
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
