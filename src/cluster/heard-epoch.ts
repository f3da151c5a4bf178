import type { EpochHistory } from '../consistency/epoch.ts';

/** Without a recorded promotion. */
export const firstEpoch = 1;

/** The newest epoch known to a server. */
export function epochOf(server: { readonly epochs: EpochHistory | null } | null): number {
  return server?.epochs?.at(-1)?.epoch ?? firstEpoch;
}

/** The stored part of an identity: the column ends there. */
export const sourceIdOf = (identity: string): string => identity.slice(0, 64);
