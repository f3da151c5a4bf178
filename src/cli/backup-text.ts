import type { RecordDifference } from '../mirror/record-difference.ts';
import type { RepairReport } from '../mirror/repair.ts';
import type { VerifyReport } from '../mirror/verify.ts';

const kinds = { MISSING: 'missing in the backup', EXTRA: 'gone from the source', DIFFERENT: 'different' } as const;

export function differenceText({ model, key, kind, columns, parked }: RecordDifference): string {
  const where = columns.length === 0 ? '' : `: ${columns.join(', ')}`;
  return `${model} ${key} ${kinds[kind]}${where}${parked ? ' (parked: see status)' : ''}`;
}

export function verifyText({ records, differences, undecided }: VerifyReport): string[] {
  const lines = [
    ...differences.map(differenceText),
    ...undecided.map(({ model, key }) => `${model} ${key} is still in flight`),
  ];
  if (lines.length === 0) return [`Equal: ${records} records.`];
  return [...lines, `${differences.length} of ${records} records differ, ${undecided.length} undecided.`];
}

export function repairText({ found, repaired, left }: RepairReport): string[] {
  return [
    ...repaired.map((difference) => `${differenceText(difference)}: repaired`),
    ...verifyText({ records: found.records, ...left }),
  ];
}

/** 0 equal, 1 different, 2 unknown. */
export function exitCodeOf({ differences, undecided }: Pick<VerifyReport, 'differences' | 'undecided'>): 0 | 1 | 2 {
  if (differences.length > 0) return 1;
  return undecided.length > 0 ? 2 : 0;
}
