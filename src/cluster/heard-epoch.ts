import type { EpochHistory } from '../consistency/epoch.ts';

/** Where no promotion was recorded. */
export const firstEpoch = 1;

/** The newest epoch that a server has heard of. */
export function epochOf(server: { readonly epochs: EpochHistory | null } | null): number {
  return server?.epochs?.at(-1)?.epoch ?? firstEpoch;
}

/** What the record of epochs keeps of an identity: its column ends there. */
export const sourceIdOf = (identity: string): string => identity.slice(0, 64);
