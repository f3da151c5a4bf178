/**
 * An epoch that could not be recorded. Lost writes are reported all the same, using the source's own history, until it has reused the
 * lost numbers.
 */
import { writableSource } from '../cluster-snapshot.ts';
import { unrecordedEpoch } from '../epoch-trouble.ts';
import type { ServingFaultKind } from '../serving.ts';
import { epochTableCure } from './epochs-unread.ts';
import type { ProblemRule } from './problem-rule.ts';

const words: Readonly<Record<ServingFaultKind, (table: string) => string>> = {
  TABLE_MISSING: (table) => `it has no table ${table} as this version needs it`,
  RIGHT_MISSING: (table) => `the account may not write ${table}`,
  TABLE_BROKEN: (table) => `it cannot write ${table}`,
  TABLE_SILENT: (table) => `it answers, but writes to ${table} hang`,
};

export const epochRecordRule: ProblemRule = (snapshot) => {
  const source = writableSource(snapshot);
  const fault = source === undefined ? null : unrecordedEpoch(source);
  if (source === undefined || fault === null) return [];
  const { name } = source.node;
  const code = fault.code === null ? '' : ` (${fault.code})`;
  return [
    {
      code: 'EPOCH_NOT_RECORDED',
      node: name,
      message: `a new history began on ${name}, and its epoch could not be recorded: ${words[fault.kind](fault.table)}${code}`,
      variable: null,
      value: null,
      cure: fault.cure ?? epochTableCure(fault, source),
    },
  ];
};
