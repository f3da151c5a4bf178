import '../design/panels.css';
import './cluster.css';
import { useCallback, useEffect, useState } from 'react';
import { ageInWords } from '../answers/age-words.ts';
import { useAnswer } from '../graphql/use-answer.ts';
import { ErrorState } from '../states/error-state.tsx';
import { LoadingState } from '../states/loading-state.tsx';
import { type ClusterDetails, clusterDetails, jobsDetails } from './cluster-documents.ts';
import { EventLogPanel } from './event-log-panel.tsx';
import { JobQueuesPanel } from './job-queues-panel.tsx';
import { noHistory, withLook } from './lag-history.ts';
import { LagPanel } from './lag-panel.tsx';
import { MirrorPanel } from './mirror-panel.tsx';
import { NodesPanel } from './nodes-panel.tsx';
import { situation } from './situation.ts';
import { useEvery } from './use-every.ts';

const nothing = {};
const hues = { HEALTHY: 'good', DEGRADED: 'warn', DOWN: 'bad' } as const;

/** How the servers are, were, and what has happened to them. */
export function ClusterPage() {
  const { data, failure, refetch } = useAnswer(clusterDetails, nothing);
  const jobs = useAnswer(jobsDetails, nothing);
  const { refetch: refetchJobs } = jobs;
  const [history, setHistory] = useState(noHistory);
  useEvery(1000, refetch);
  useEvery(
    3000,
    useCallback(() => refetchJobs(), [refetchJobs]),
  );
  useEffect(() => {
    if (data !== null) setHistory((before) => withLook(before, Date.now() / 1000, data.cluster.nodes));
  }, [data]);
  if (data === null) {
    return failure === null ? <LoadingState what="the cluster" /> : <ErrorState failure={failure} onRetry={refetch} />;
  }
  const { cluster } = data;
  const jobsNow = jobs.data?.jobs ?? null;
  return (
    <>
      <header className="page-head">
        <h1>Cluster</h1>
        <span className="tag" data-hue={hues[cluster.verdict]}>
          {cluster.verdict.toLowerCase()}
        </span>
        <span className="soft">
          {cluster.source === null ? 'no source' : `source: ${cluster.source}`}
          {cluster.epoch !== null && ` · epoch ${cluster.epoch}`}
        </span>
      </header>
      <div className="panels">
        <Situation cluster={cluster} jobs={jobsNow} isOld={failure !== null} />
        <NodesPanel nodes={cluster.nodes} />
        <LagPanel history={history} />
        <div className="panels-beside">
          <MirrorPanel mirror={cluster.mirror} />
          <JobQueuesPanel jobs={jobsNow} failure={jobs.failure} />
        </div>
        <EventLogPanel />
      </div>
    </>
  );
}

type SituationProps = {
  readonly cluster: ClusterDetails['cluster'];
  readonly jobs: Parameters<typeof situation>[1];
  /** The API does not answer: this is what it said last. */
  readonly isOld: boolean;
};

function Situation({ cluster, jobs, isOld }: SituationProps) {
  const [seenAtMs, setSeenAtMs] = useState(() => Date.now());
  // biome-ignore lint/correctness/useExhaustiveDependencies: each answer is a new object, and its time is what counts
  useEffect(() => setSeenAtMs(Date.now()), [cluster]);
  return (
    <section className="panel" aria-labelledby="situation-title">
      <h2 id="situation-title">Now, in words</h2>
      {isOld && <p className="soft">The API does not answer. {ageInWords(Date.now() - seenAtMs)} ago it said:</p>}
      <ul className="remarks">
        {situation(cluster, jobs).map(({ level, text }) => (
          <li key={text} data-level={level}>
            {text}
          </li>
        ))}
      </ul>
    </section>
  );
}
