import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { listen } from '../graphql/listen.ts';
import { pageTokens } from '../graphql/page-client.ts';
import { announce } from '../shell/announcements.tsx';
import { countInWords, countOf } from '../shell/figures.ts';
import { type Job, jobProgress } from './recheck-documents.ts';

/** How far a job is, as it goes on. */
export function JobProgress({ first, onDone }: { first: Job; onDone: () => void }) {
  const [job, setJob] = useState(first);
  const [lost, setLost] = useState(false);
  const finished = job.state === 'FINISHED';
  useEffect(() => {
    if (finished) return;
    const learn = pageTokens.follow();
    return listen(
      jobProgress,
      { id: first.id },
      {
        onEvent: ({ jobProgress: next }) => {
          if (next.consistencyToken !== null) learn(next.consistencyToken);
          setJob(next);
          if (next.state === 'FINISHED') announce(`Recheck done: ${outcomeOf(next)}`, next.failed > 0 ? 'bad' : 'good');
        },
        onState: (state) => setLost(state === 'lost'),
      },
    );
  }, [first.id, finished]);
  return (
    <section className="job" aria-label="Recheck in the background">
      <label>
        <span>Recheck of {countOf(job.total, 'order')}</span>
        <progress value={finished ? 1 : job.done} max={finished ? 1 : Math.max(1, job.total)} />
      </label>
      <span className="soft">
        {lost && !finished ? 'no news for now · ' : ''}
        {finished ? '' : job.state === 'QUEUED' ? 'queued · ' : `${countInWords(job.done)} done · `}
        {outcomeOf(job)}
      </span>
      <span className="spring" />
      <Button className="button button-plain" onPress={onDone}>
        {finished ? 'Close' : 'Hide'}
      </Button>
    </section>
  );
}

function outcomeOf({ changed, unchanged, gone, failed, alreadyQueued }: Job): string {
  const parts = [
    `${countInWords(changed)} changed`,
    `${countInWords(unchanged)} unchanged`,
    gone > 0 && `${countInWords(gone)} gone`,
    failed > 0 && `${countInWords(failed)} failed`,
    alreadyQueued > 0 && `${countInWords(alreadyQueued)} in the queue already`,
  ];
  return parts.filter(Boolean).join(' · ');
}
