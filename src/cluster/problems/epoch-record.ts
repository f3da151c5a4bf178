/**
 * An epoch that could not be recorded. Lost writes are reported all the same, using the source's own history, until it has reused the
 * lost numbers.
 */
import { writableSource } from '../cluster-snapshot.ts';
import type { ProblemRule } from './problem-rule.ts';

export const epochRecordRule: ProblemRule = (snapshot) => {
  const source = writableSource(snapshot);
  if (source?.epochTrouble == null) return [];
  const { name } = source.node;
  return [
    {
      code: 'EPOCH_NOT_RECORDED',
      node: name,
      message: `a new history began on ${name}, and its epoch could not be recorded: ${source.epochTrouble}`,
      variable: null,
      value: null,
      cure: 'GRANT SELECT, INSERT, UPDATE ON cluster_epochs to the account of the API',
    },
  ];
};
