import { useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { listen } from '../graphql/listen.ts';
import { pageTokens } from '../graphql/page-client.ts';
import { announce } from '../shell/announcements.tsx';
import { countOf } from '../shell/figures.ts';
import { Moment } from '../shell/moment.tsx';
import { hasEnded, outcomeOf, stateInWords } from './job-words.ts';
import { cancelJob, type Job, jobProgress } from './recheck-documents.ts';
import { write } from './write-order.ts';

type Props = { readonly first: Job; readonly onDone: () => void; readonly onEnded: (job: Job) => void };

/** How far a job is, as it goes on, and what ends it. */
export function JobProgress({ first, onDone, onEnded }: Props) {
  const [job, setJob] = useState(first);
  const [lost, setLost] = useState(false);
  const ended = hasEnded(job);
  const tell = useRef(onEnded);
  tell.current = onEnded;
  useEffect(() => {
    if (ended) return;
    const learn = pageTokens.follow();
    return listen(
      jobProgress,
      { id: first.id },
      {
        onEvent: ({ jobProgress: next }) => {
          if (next.consistencyToken !== null) learn(next.consistencyToken);
          setJob(next);
          if (!hasEnded(next)) return;
          tell.current(next);
          const how = next.state === 'CANCELLED' ? 'cancelled' : 'done';
          announce(`Recheck ${how}: ${outcomeOf(next)}`, next.failed > 0 ? 'bad' : 'good');
        },
        onState: (state) => setLost(state === 'lost'),
      },
    );
  }, [first.id, ended]);
  const cancel = async () => {
    const outcome = await write(cancelJob, 'cancelJob', { input: { id: job.id } });
    if (outcome.kind === 'done') setJob(outcome.done.job);
    else announce(outcome.kind === 'refused' ? outcome.refusal.message : outcome.failure.message, 'bad');
  };
  return (
    <section className="job" aria-label="Recheck in the background">
      <label>
        <span>Recheck of {countOf(job.total, 'order')}</span>
        <progress value={ended ? 1 : job.done} max={ended ? 1 : Math.max(1, job.total)} />
      </label>
      <span className="soft">
        {lost && !ended ? 'no news for now · ' : ''}
        {job.state === 'FINISHED' ? '' : `${stateInWords(job)} · `}
        {outcomeOf(job)} · asked for <Moment at={job.queuedAt} />
      </span>
      <span className="spring" />
      {!ended && (
        <Button className="button" onPress={() => void cancel()}>
          Cancel the rest
        </Button>
      )}
      <Button className="button button-plain" onPress={onDone}>
        {ended ? 'Close' : 'Hide'}
      </Button>
    </section>
  );
}
