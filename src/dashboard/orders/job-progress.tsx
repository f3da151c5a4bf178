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

type Props = {
  readonly job: Job;
  /** Whether it is followed by a subscription; otherwise the caller polls it. */
  readonly follows: boolean;
  readonly onNews: (job: Job) => void;
  readonly onDone: () => void;
};

/** Progress and outcome of a job. */
export function JobProgress({ job, follows, onNews, onDone }: Props) {
  const { id, consistencyToken } = job;
  const [lost, setLost] = useState(false);
  const ended = hasEnded(job);
  const isFollowed = follows && !ended;
  const tell = useRef(onNews);
  tell.current = onNews;
  useEffect(() => {
    if (!isFollowed) return setLost(false);
    return listen(
      jobProgress,
      { id },
      {
        onEvent: ({ jobProgress: next }) => tell.current(next),
        onState: (state) => setLost(state === 'lost'),
      },
    );
  }, [id, isFollowed]);
  const [learn] = useState(() => pageTokens.follow());
  useEffect(() => {
    if (consistencyToken !== null) learn(consistencyToken);
  }, [consistencyToken, learn]);
  const wentOn = useRef(!ended);
  useEffect(() => {
    if (!ended || !wentOn.current) return;
    wentOn.current = false;
    const how = job.state === 'CANCELLED' ? 'cancelled' : 'done';
    announce(`Recheck ${how}: ${outcomeOf(job)}`, job.failed > 0 ? 'bad' : 'good');
  }, [ended, job]);
  const cancel = async () => {
    const outcome = await write(cancelJob, 'cancelJob', { input: { id: job.id } });
    if (outcome.kind === 'done') onNews(outcome.done.job);
    else announce(outcome.kind === 'refused' ? outcome.refusal.message : outcome.failure.message, 'bad');
  };
  return (
    <section className="job" aria-label="Recheck in the background">
      <label>
        <span>Recheck of {countOf(job.total, 'order')}</span>
        <progress value={ended ? 1 : job.done} max={ended ? 1 : Math.max(1, job.total)} />
      </label>
      <span className="soft">
        {lost && !ended ? 'connection lost · ' : ''}
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
