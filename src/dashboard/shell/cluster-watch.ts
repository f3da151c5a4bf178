/**
 * Polls the state of the servers while the page is visible. This query is always running, so it also tells whether the API is there
 * at all.
 *
 *   at rest      every 3.4 s. An API that fell silent right after an answer is noticed after 3.4 + 1.5 s
 *   lively       every second: while the servers are shown and something is changing
 *   silent       after 1, 2, 4 s, then every 5 s
 *   hidden tab   never; at once when it becomes visible
 *
 * Other sources of news (an event, a failed request) trigger a poll at once.
 */
import type { TypedDocumentNode } from 'urql';
import { ask } from '../graphql/ask.ts';
import { contactNow, fellSilent } from '../graphql/contact.ts';
import type { Failure } from '../graphql/failure.ts';
import { type ClusterNow, clusterNow } from './cluster-documents.ts';

type Cluster = ClusterNow['cluster'];
export type Watched<Seen extends Cluster = Cluster> = {
  /** The last answer; `null` before the first. */
  readonly cluster: Seen | null;
  /** When that arrived, by `Date.now()`. */
  readonly seenAtMs: number;
  readonly failure: Failure | null;
};
type Question = TypedDocumentNode<ClusterNow, Record<string, never>>;
/** A more detailed query, and when its answer calls for polling often. */
export type Closer = { readonly question: Question; readonly isLively: (cluster: Cluster) => boolean };

const restMs = 3400;
const livelyMs = 1000;
const overdueMs = 1500;
const limitMs = 4000;
const soonMs = 150;
const maxSilentMs = 5000;
const nothing = {};

let watched: Watched = { cluster: null, seenAtMs: 0, failure: null };
let closer: Closer | null = null;
let silentProbes = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let asking = false;
let wantedSoon = false;
const listeners = new Set<() => void>();

export function watchedNow(): Watched {
  return watched;
}

/** Returns a function that unsubscribes. The first watcher starts the polling, the last one stops it. */
export function watchCluster(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) begin();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) end();
  };
}

/** From now on uses the detailed query. Returns a function that ends that. */
export function probeCloser(wanted: Closer): () => void {
  closer = wanted;
  refetchSoon();
  return () => {
    if (closer === wanted) closer = null;
  };
}

/** Polls soon, because something may have changed. */
export function refetchSoon(): void {
  if (listeners.size === 0 || document.hidden) return;
  wantedSoon = true;
  if (!asking) probeAfter(soonMs);
}

function begin(): void {
  document.addEventListener('visibilitychange', onVisibility);
  window.addEventListener('online', refetchSoon);
  window.addEventListener('offline', refetchSoon);
  if (!document.hidden) void refetch();
}

function end(): void {
  clearTimeout(timer);
  document.removeEventListener('visibilitychange', onVisibility);
  window.removeEventListener('online', refetchSoon);
  window.removeEventListener('offline', refetchSoon);
}

function onVisibility(): void {
  clearTimeout(timer);
  if (!document.hidden) void refetch();
}

function probeAfter(delayMs: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void refetch(), delayMs);
}

async function refetch(): Promise<void> {
  if (asking) return;
  asking = true;
  wantedSoon = false;
  const overdue = setTimeout(fellSilent, overdueMs);
  const asked = closer;
  const { data, failure } = await ask(asked?.question ?? clusterNow, nothing, limitMs);
  clearTimeout(overdue);
  asking = false;
  if (data !== null) publish({ cluster: data.cluster, seenAtMs: Date.now(), failure });
  else {
    if (failure?.code === 'UNREACHABLE') fellSilent();
    publish({ ...watched, failure });
  }
  silentProbes = contactNow().silent ? silentProbes + 1 : 0;
  if (listeners.size === 0 || document.hidden) return;
  probeAfter(wantedSoon || asked !== closer ? soonMs : pauseMs());
}

function pauseMs(): number {
  if (silentProbes > 0) return Math.min(500 * 2 ** silentProbes, maxSilentMs);
  const isLively = closer !== null && watched.cluster !== null && closer.isLively(watched.cluster);
  return isLively ? livelyMs : restMs;
}

function publish(next: Watched): void {
  watched = next;
  for (const listener of [...listeners]) listener();
}
