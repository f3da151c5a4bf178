import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useAnswer } from '../graphql/use-answer.ts';
import { useEvery } from '../shell/use-every.ts';
import { hasEnded } from './job-words.ts';
import { forgetRecheck, ownRechecks, rememberRecheck } from './own-rechecks.ts';
import { type Job, ownJobs, recentJobs } from './recheck-documents.ts';
import { followedOf, withFound } from './shown-rechecks.ts';

const recent = { last: 20 };
const refetchEveryMs = 10_000;

/**
 * All running rechecks, including those of other users, and the finished ones of this browser, which stay until the user has
 * seen their outcome. The newest are followed by subscription; the others are polled.
 */
export function useRechecks() {
  const [jobs, setJobs] = useState<readonly Job[]>([]);
  const hidden = useRef(new Set<string>());
  const [own] = useState(ownRechecks);
  const ofOwn = useMemo(() => ownJobs(own.length), [own]);
  const lastOnes = useAnswer(recentJobs, recent);
  const ownOnes = useAnswer(
    ofOwn,
    own.length === 0 ? null : Object.fromEntries(own.map((id, place) => [`id${place}`, id])),
  );
  const last = lastOnes.data?.jobs.recent ?? null;
  const mine = ownOnes.data?.jobs ?? null;

  useEffect(() => {
    const rechecks = (last ?? []).filter(({ kind }) => kind === 'RECHECK_ORDERS');
    const ours = Object.values(mine ?? {}).filter((job) => job !== null);
    const shown = [...rechecks.filter((job) => !hasEnded(job)), ...ours].filter(({ id }) => !hidden.current.has(id));
    setJobs((before) => withFound(before, shown, [...rechecks, ...ours]));
  }, [last, mine]);
  // A user who sees the outcome on the page needs no announcement.
  useEffect(() => {
    for (const job of jobs) if (hasEnded(job)) forgetRecheck(job.id);
  }, [jobs]);

  const followed = followedOf(jobs);
  const isWatched = jobs.some((job) => !hasEnded(job) && !followed.has(job.id));
  const { refetch: refetchLast } = lastOnes;
  const { refetch: refetchOwn } = ownOnes;
  const refetch = useCallback(() => {
    if (!isWatched) return;
    void refetchLast();
    void refetchOwn();
  }, [isWatched, refetchLast, refetchOwn]);
  useEvery(refetchEveryMs, refetch);

  const add = (job: Job) => {
    rememberRecheck(job.id);
    setJobs((before) => [...before.filter(({ id }) => id !== job.id), job]);
  };
  const news = (job: Job) => setJobs((before) => before.map((one) => (one.id === job.id ? job : one)));
  const hide = (job: Job) => {
    hidden.current.add(job.id);
    setJobs((before) => before.filter(({ id }) => id !== job.id));
  };
  return { jobs, followed, add, news, hide };
}
