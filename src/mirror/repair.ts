import type { RecordApplier } from './record-applier.ts';
import type { RecordDifference } from './record-difference.ts';
import { decide, type VerifyOptions, type VerifyReport, verify } from './verify.ts';

export type RepairReport = {
  readonly found: VerifyReport;
  /** What was repaired. */
  readonly repaired: readonly RecordDifference[];
  /** What still differs, or is undecided. */
  readonly left: Pick<VerifyReport, 'differences' | 'undecided'>;
};

const recordsPerApply = 200;

/** Copies every record that `verify` finds different, and verifies those again. Throws `MirrorFaultError`. */
export async function repair(options: VerifyOptions & { readonly applier: RecordApplier }): Promise<RepairReport> {
  const found = await verify(options);
  const differences: RecordDifference[] = [];
  const undecided = [...found.undecided];
  for (const shape of options.shapes) {
    const keys = found.differences.filter(({ model }) => model === shape.model).map(({ key }) => key);
    for (let from = 0; from < keys.length; from += recordsPerApply) {
      const records = keys.slice(from, from + recordsPerApply).map((recordKey) => ({ recordKey, outboxId: 0n }));
      await options.applier.apply(options.source, shape.model, records);
    }
    const again = await decide(options, shape, keys);
    differences.push(...again.differences);
    undecided.push(...again.undecided);
  }
  const left = new Set([...differences, ...undecided].map(({ model, key }) => `${model} ${key}`));
  const repaired = found.differences.filter(({ model, key }) => !left.has(`${model} ${key}`));
  return { found, repaired, left: { differences, undecided } };
}
