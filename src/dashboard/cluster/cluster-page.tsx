import '../design/panels.css';
import './cluster.css';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { ageInWords } from '../answers/age-words.ts';
import { useAnswer } from '../graphql/use-answer.ts';
import { useSilence } from '../graphql/use-contact.ts';
import {
  type Closer,
  probeCloser,
  refetchSoon,
  type Watched,
  watchCluster,
  watchedNow,
} from '../shell/cluster-watch.ts';
import { Clock } from '../shell/moment.tsx';
import { useEvery } from '../shell/use-every.ts';
import { useNow } from '../shell/use-now.ts';
import { ErrorState } from '../states/error-state.tsx';
import { LoadingState } from '../states/loading-state.tsx';
import { type ClusterDetails, clusterDetails, jobsDetails, type NodeDetails } from './cluster-documents.ts';
import { EventLogPanel } from './event-log-panel.tsx';
import { JobQueuesPanel } from './job-queues-panel.tsx';
import { noHistory, withProbe } from './lag-history.ts';
import { LagPanel } from './lag-panel.tsx';
import { MirrorPanel } from './mirror-panel.tsx';
import { NodesPanel } from './nodes-panel.tsx';
import { isLate, situation } from './situation.ts';

const nothing = {};
const hues = { HEALTHY: 'good', DEGRADED: 'warn', DOWN: 'bad' } as const;

/** Polls often while this page is open and something is changing. */
const closer: Closer = {
  question: clusterDetails,
  isLively: ({ verdict, nodes }) => verdict !== 'HEALTHY' || nodes.some((node) => 'lagMs' in node && isMoving(node)),
};

function isMoving(node: object): boolean {
  const { lagMs, lagTransactions } = node as Partial<NodeDetails>;
  return (lagMs ?? 0) > 0 || (lagTransactions ?? 0) > 5;
}

const jobsRestMs = 30_000;
const jobsLivelyMs = 3000;

/** The state of the servers now, over time, and the events. */
export function ClusterPage() {
  const { cluster, seenAtMs, failure } = useDetails();
  const silent = useSilence();
  const jobs = useAnswer(jobsDetails, nothing);
  const [history, setHistory] = useState(noHistory);
  const redisTrouble = cluster?.redis?.trouble ?? null;
  const isWorking = jobs.data?.jobs.queues?.some(({ waiting, active }) => waiting + active > 0) === true;
  useEvery(isWorking ? jobsLivelyMs : jobsRestMs, jobs.refetch);
  const { refetch: readJobs } = jobs;
  // biome-ignore lint/correctness/useExhaustiveDependencies: jobs live in Redis, so another Redis means other jobs
  useEffect(() => {
    void readJobs();
  }, [redisTrouble, readJobs]);
  useEffect(() => {
    if (cluster !== null) setHistory((before) => withProbe(before, seenAtMs / 1000, cluster.nodes));
  }, [cluster, seenAtMs]);
  if (cluster === null) {
    return failure === null ? (
      <LoadingState what="the cluster" />
    ) : (
      <ErrorState failure={failure} onRetry={refetchSoon} />
    );
  }
  const jobsNow = jobs.data?.jobs ?? null;
  const isAnyLate = cluster.nodes.some(isLate);
  return (
    <>
      <header className="page-head">
        <h1>Cluster</h1>
        {silent ? (
          <span className="tag">
            unknown since <Clock atMs={seenAtMs} />
          </span>
        ) : (
          <span className="tag" data-hue={isAnyLate && cluster.verdict === 'HEALTHY' ? 'warn' : hues[cluster.verdict]}>
            {cluster.verdict.toLowerCase()}
            {isAnyLate && ', with late replicas'}
          </span>
        )}
        <span className="soft">
          {silent && 'last known: '}
          {cluster.source === null ? 'no source' : `source: ${cluster.source}`}
          {cluster.epoch !== null && ` · epoch ${cluster.epoch}`}
        </span>
      </header>
      <div className="panels">
        <Situation cluster={cluster} jobs={jobsNow} unknownSinceMs={silent ? seenAtMs : null} />
        <NodesPanel nodes={cluster.nodes} unknownSinceMs={silent ? seenAtMs : null} />
        <LagPanel history={history} silent={silent} />
        <div className="panels-beside">
          <MirrorPanel mirror={cluster.mirror} unknownSinceMs={silent ? seenAtMs : null} />
          <JobQueuesPanel jobs={jobsNow} failure={jobs.failure} silent={silent} />
        </div>
        <EventLogPanel />
      </div>
    </>
  );
}

/** What the whole page watches, in more detail while this page is open. */
function useDetails(): Watched<ClusterDetails['cluster']> {
  const { cluster, seenAtMs, failure } = useSyncExternalStore(watchCluster, watchedNow);
  useEffect(() => probeCloser(closer), []);
  const isDetailed = cluster !== null && 'epoch' in cluster;
  return { cluster: isDetailed ? (cluster as ClusterDetails['cluster']) : null, seenAtMs, failure };
}

type SituationProps = {
  readonly cluster: ClusterDetails['cluster'];
  readonly jobs: Parameters<typeof situation>[1];
  /** Shows the last known state while the API does not answer. */
  readonly unknownSinceMs: number | null;
};

function Situation({ cluster, jobs, unknownSinceMs }: SituationProps) {
  return (
    <section className="panel" aria-labelledby="situation-title">
      <h2 id="situation-title">{unknownSinceMs === null ? 'Now, in words' : 'Last known, in words'}</h2>
      {unknownSinceMs !== null && (
        <p className="soft">
          The API does not answer. At <Clock atMs={unknownSinceMs} />, <Age sinceMs={unknownSinceMs} /> ago, it said:
        </p>
      )}
      <ul className="remarks" data-unknown={unknownSinceMs !== null || undefined}>
        {situation(cluster, jobs).map(({ level, text }) => (
          <li key={text} data-level={unknownSinceMs === null ? level : 'unknown'}>
            {text}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Age({ sinceMs }: { sinceMs: number }) {
  return <>{ageInWords(useNow() - sinceMs)}</>;
}
