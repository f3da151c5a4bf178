import { DegradedNotice } from '../states/degraded-notice.tsx';
import { useClusterNow } from './use-cluster-now.ts';
import { whatIsMissing } from './what-is-missing.ts';

/** Says on every page what does not work now. Says nothing while everything does. */
export function ClusterNotice() {
  const { data, failure } = useClusterNow();
  if (failure !== null) {
    return <DegradedNotice level="bad">{failure.message} What you see is what it said last.</DegradedNotice>;
  }
  const missing = data === null ? [] : whatIsMissing(data.cluster);
  const [worst] = missing;
  if (worst === undefined) return null;
  return (
    <DegradedNotice level={worst.level}>
      {missing.map(({ text }) => (
        <p key={text}>{text}</p>
      ))}
    </DegradedNotice>
  );
}
