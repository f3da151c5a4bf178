import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import type { ServerFlavour } from './server-flavour.ts';

const stateSchema = z.object({ id: z.string().min(1), ports: z.record(z.string(), z.number().int()) });

/**
 * What one flavour's data remembers between starts, beside the data and gone with it: the cluster's id, because a token
 * is only good for the data it was made for, and the ports.
 */
export type FlavourState = { readonly id: string; readonly ports: Readonly<Record<string, number>> };

export const flavourDirectory = (directory: string, flavour: ServerFlavour): string => join(directory, 'data', flavour);

const statePath = (directory: string, flavour: ServerFlavour) =>
  join(flavourDirectory(directory, flavour), 'state.json');

export async function loadFlavourState(directory: string, flavour: ServerFlavour): Promise<FlavourState> {
  const stored = await readJsonFile(statePath(directory, flavour), stateSchema);
  if (stored !== null) return stored;
  const state: FlavourState = { id: randomUUID(), ports: {} };
  await saveFlavourState(directory, flavour, state);
  return state;
}

export async function saveFlavourState(directory: string, flavour: ServerFlavour, state: FlavourState): Promise<void> {
  await writeJsonFile(statePath(directory, flavour), state);
}
