/** Which rechecks are shown, and how each is updated. */
import { hasEnded } from './job-words.ts';
import type { Job } from './recheck-documents.ts';

/** Each holds a stream, and a browser allows six connections per host for all tabs. */
const maxFollowed = 2;

/**
 * Shown are the previous ones in their `known` state, then the newly `found` ones. What a stream has reported is newer than an
 * answer that was in flight.
 */
export function withFound(shown: readonly Job[], found: readonly Job[], known: readonly Job[]): readonly Job[] {
  const ids = new Set(shown.map(({ id }) => id));
  const added = new Map(found.filter(({ id }) => !ids.has(id)).map((job) => [job.id, job]));
  const now = new Map(known.map((job) => [job.id, job]));
  const kept = shown.map((job) => newer(job, now.get(job.id)));
  const older = [...added.values()].sort((one, other) => (one.queuedAt < other.queuedAt ? -1 : 1));
  if (older.length === 0 && kept.every((job, place) => job === shown[place])) return shown;
  return [...older, ...kept];
}

function newer(job: Job, seen: Job | undefined): Job {
  if (seen === undefined || hasEnded(job)) return job;
  const { state, done, total } = seen;
  const isNews = hasEnded(seen) || done > job.done || state !== job.state || total !== job.total;
  return isNews && done >= job.done ? seen : job;
}

/** The newest of the running ones. */
export function followedOf(jobs: readonly Job[]): ReadonlySet<string> {
  return new Set(
    jobs
      .filter((job) => !hasEnded(job))
      .slice(-maxFollowed)
      .map(({ id }) => id),
  );
}
