import type { Failure } from '../graphql/failure.ts';
import { countInWords } from '../shell/figures.ts';
import type { JobsDetails } from './cluster-documents.ts';

/** Sizes of the background queues. */
type Props = { readonly jobs: JobsDetails['jobs'] | null; readonly failure: Failure | null };

export function JobQueuesPanel({ jobs, failure, silent }: Props & { readonly silent: boolean }) {
  return (
    <section className="panel" aria-labelledby="jobs-title">
      <header className="panel-head">
        <h2 id="jobs-title">Background jobs</h2>
        {jobs !== null && (
          <span className="tag" data-hue={silent ? 'none' : jobs.available ? 'good' : 'warn'}>
            {silent ? 'unknown' : jobs.available ? 'reachable' : 'not reachable'}
          </span>
        )}
      </header>
      <Queues jobs={jobs} failure={failure} />
    </section>
  );
}

function Queues({ jobs, failure }: Props) {
  if (jobs === null) return <p className="soft">{failure === null ? 'Loading…' : failure.message}</p>;
  if (jobs.queues === null) return <p className="soft">{jobs.trouble ?? 'The size of the queues is unknown.'}</p>;
  return (
    <table className="rows cards-when-narrow">
      <thead>
        <tr>
          <th scope="col">Queue</th>
          {['Waiting', 'Active', 'Delayed', 'Failed', 'Workers'].map((title) => (
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
              {countInWords(waiting)}
            </td>
            <td data-label="Active" className="figures">
              {countInWords(active)}
            </td>
            <td data-label="Delayed" className="figures">
              {countInWords(delayed)}
            </td>
            <td data-label="Failed" className="figures">
              {countInWords(dead)}
            </td>
            <td data-label="Workers" className="figures">
              {countInWords(workers)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
