/**
 * An epoch that cannot be recorded. Clients are told of lost writes all the same, by the source's own history, until that has
 * given out the lost numbers again.
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
      message: `the history of ${name} has ended and another begun, and nobody could record it: ${source.epochTrouble}`,
      variable: null,
      value: null,
      cure: 'GRANT SELECT, INSERT, UPDATE ON cluster_epochs to the account of the API',
    },
  ];
};
