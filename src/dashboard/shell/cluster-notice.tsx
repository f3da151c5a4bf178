import { ageInWords } from '../answers/age-words.ts';
import { contactNow } from '../graphql/contact.ts';
import { useSilence } from '../graphql/use-contact.ts';
import { DegradedNotice } from '../states/degraded-notice.tsx';
import { Clock } from './moment.tsx';
import { useClusterNow } from './use-cluster-now.ts';
import { useNow } from './use-now.ts';
import { whatIsMissing } from './what-is-missing.ts';

/** Says on every page what is not working now; nothing if all is well. */
export function ClusterNotice() {
  const { cluster, failure } = useClusterNow();
  const silent = useSilence();
  if (silent) return <Silence />;
  if (failure !== null) {
    return <DegradedNotice level="bad">{failure.message} The state of the servers is unknown.</DegradedNotice>;
  }
  const missing = cluster === null ? [] : whatIsMissing(cluster);
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

function Silence() {
  const { heardAtMs } = contactNow();
  return (
    <DegradedNotice level="bad">
      {heardAtMs === null ? (
        <p>The API does not answer.</p>
      ) : (
        <p>
          The API does not answer. Everything on this page is as of <Clock atMs={heardAtMs} />{' '}
          <Ago sinceMs={heardAtMs} />
        </p>
      )}
    </DegradedNotice>
  );
}

// A separate element, so that screen readers do not announce it every second.
function Ago({ sinceMs }: { sinceMs: number }) {
  const nowMs = useNow();
  return <span aria-hidden="true">({ageInWords(nowMs - sinceMs)} ago)</span>;
}
