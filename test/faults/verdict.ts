// What a scenario is held to whatever it does: nothing that was acknowledged is lost, nothing is there twice, nobody saw an
// older world than the one they had seen, and in the end the backup equals the source. Pure.
import { type Finding, finding } from '../bench/finding.ts';
import { checkHistory } from '../consistency/check-history.ts';
import type { Anomaly } from '../consistency/checkers/anomaly.ts';
import type { History } from '../consistency/history.ts';
import type { SteadyVerdict } from './steady-verdict.ts';

export type Evidence = {
  readonly history: Pick<History, 'operations'>;
  readonly steady: SteadyVerdict;
  /** Records that differ between source and backup, in words. */
  readonly differences: readonly string[];
};

export type Verdict = {
  readonly lost: number;
  readonly duplicated: number;
  readonly anomalies: number;
  readonly differences: number;
  readonly findings: readonly Finding[];
  readonly broken: readonly Anomaly[];
};

export function judge({ history, steady, differences }: Evidence): Verdict {
  const broken = checkHistory(history);
  const of = (guarantee: Anomaly['guarantee']) => broken.filter((anomaly) => anomaly.guarantee === guarantee).length;
  const counts = {
    lost: of('acknowledged writes last') + steady.lost,
    duplicated: of('one key, one effect') + steady.duplicated,
    anomalies: broken.length,
    differences: differences.length,
  };
  const none = { atMost: 0 };
  return {
    ...counts,
    findings: [
      finding('acknowledged orders lost', counts.lost, '', none),
      finding('orders written twice', counts.duplicated, '', none),
      finding('writes that their key did not settle', steady.unsettled, '', none),
      finding('anomalies', counts.anomalies, '', none),
      finding('records that differ in the backup', counts.differences, '', none),
    ],
    broken,
  };
}
