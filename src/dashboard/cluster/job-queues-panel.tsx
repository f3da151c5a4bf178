import type { Failure } from '../graphql/failure.ts';
import type { JobsDetails } from './cluster-documents.ts';

/** How much background work there is. */
export function JobQueuesPanel({ jobs, failure }: { jobs: JobsDetails['jobs'] | null; failure: Failure | null }) {
  return (
    <section className="panel" aria-labelledby="jobs-title">
      <header className="panel-head">
        <h2 id="jobs-title">Background jobs</h2>
        {jobs !== null && (
          <span className="tag" data-hue={jobs.available ? 'good' : 'warn'}>
            {jobs.available ? 'reachable' : 'not reachable'}
          </span>
        )}
      </header>
      <Queues jobs={jobs} failure={failure} />
    </section>
  );
}

function Queues({ jobs, failure }: { jobs: JobsDetails['jobs'] | null; failure: Failure | null }) {
  if (jobs === null) return <p className="soft">{failure === null ? 'Loading…' : failure.message}</p>;
  if (jobs.queues === null) return <p className="soft">{jobs.trouble ?? 'Nobody knows how much there is to do.'}</p>;
  return (
    <table className="rows cards-when-narrow">
      <thead>
        <tr>
          <th scope="col">Queue</th>
          {['Waiting', 'Active', 'Delayed', 'Given up', 'Workers'].map((title) => (
            <th key={title} scope="col" className="figures">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {jobs.queues.map(({ kind, waiting, active, delayed, dead, workers }) => (
          <tr key={kind}>
            <th scope="row">{kind.toLowerCase().replaceAll('_', ' ')}</th>
            <td data-label="Waiting" className="figures">
              {waiting}
            </td>
            <td data-label="Active" className="figures">
              {active}
            </td>
            <td data-label="Delayed" className="figures">
              {delayed}
            </td>
            <td data-label="Given up" className="figures">
              {dead}
            </td>
            <td data-label="Workers" className="figures">
              {workers}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
