import type { EpochHistory } from '../consistency/epoch.ts';
import { epochOf } from './heard-epoch.ts';
import type { ServingFault } from './serving.ts';

/** Why the epoch that follows `epoch` could not be recorded on a server. */
export type EpochTrouble = { readonly epoch: number; readonly fault: ServingFault };

/** What is known of a server. */
type Known = {
  readonly epochTrouble?: EpochTrouble | null;
  readonly report: { readonly epochs: EpochHistory | null } | null;
};

/** `null` once the epoch is on record, whichever process has recorded it. */
export function unrecordedEpoch({ epochTrouble = null, report }: Known): ServingFault | null {
  if (epochTrouble === null || epochOf(report) > epochTrouble.epoch) return null;
  return epochTrouble.fault;
}

export function isSameTrouble(a: EpochTrouble | null, b: EpochTrouble | null): boolean {
  return a?.epoch === b?.epoch && a?.fault.kind === b?.fault.kind && a?.fault.code === b?.fault.code;
}
