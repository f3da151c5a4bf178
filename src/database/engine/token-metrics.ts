import type { TokenLength } from '../../consistency/token.ts';
import type { Metrics } from '../../platform/metrics.ts';

const lengths = ['whole', 'shortened', 'left-out'] as const;
const labelOf = { WHOLE: 'whole', SHORTENED: 'shortened', LEFT_OUT: 'left-out' } as const;

/** Counts the tokens that are made, by what became of their position. */
export function countTokens(metrics: Metrics): (length: TokenLength) => void {
  const count = metrics.counter({
    name: 'tidemark_tokens_issued_total',
    help: 'Tokens made, by position: whole, without what every server has anyway, or too long and left out, so that reads go to the source.',
    labels: { position: lengths },
  });
  return (length) => count({ position: labelOf[length] });
}
