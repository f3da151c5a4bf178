import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { Failure } from '../graphql/failure.ts';
import { announce } from '../shell/announcements.tsx';
import { countInWords, countOf } from '../shell/figures.ts';
import { useZone } from '../shell/zone.ts';
import { JobProgress } from './job-progress.tsx';
import type { Refusal } from './order-documents.ts';
import { whereOf } from './order-variables.ts';
import { isFiltered, type OrderView } from './order-view.ts';
import { type Job, type RecheckInput, recheckOrders } from './recheck-documents.ts';
import { write } from './write-order.ts';
import { WriteTrouble } from './write-trouble.tsx';

type Props = {
  /** Numbers by id. */
  readonly selected: ReadonlyMap<string, string>;
  readonly view: OrderView;
  readonly matching: number | null;
  readonly onClear: () => void;
};

/** What one recheck may be about, by ids and by filters. */
const mostIds = 1000;
const mostOrders = 10_000;

/** Has the payment provider asked about orders, in the background, and shows how far that is. */
export function Rechecks({ selected, view, matching, onClear }: Props) {
  const [jobs, setJobs] = useState<readonly Job[]>([]);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  const zone = useZone();

  const recheck = async (input: RecheckInput) => {
    setBusy(true);
    const outcome = await write(recheckOrders, 'recheckOrders', { input });
    setBusy(false);
    setFailure(outcome.kind === 'failed' ? outcome.failure : null);
    setRefusal(outcome.kind === 'refused' ? outcome.refusal : null);
    if (outcome.kind !== 'done') return;
    const { job } = outcome.done;
    setJobs((before) => [...before, job]);
    announce(`Recheck of ${countOf(job.total, 'order')} queued`);
    if ('ids' in input) onClear();
  };

  const all = matching === null ? null : Math.min(matching, mostOrders);
  const offersAll = selected.size === 0 && isFiltered(view) && all !== null && all > 0;
  return (
    <>
      {(selected.size > 0 || offersAll) && (
        <section className="recheck-bar" aria-label="Recheck">
          {selected.size > 0 ? (
            <>
              <b>{selected.size} selected</b>
              <Button
                className="button"
                isDisabled={busy || selected.size > mostIds}
                onPress={() => void recheck({ ids: [...selected.keys()] })}
              >
                Recheck
              </Button>
              {selected.size > mostIds && <span>At most {mostIds} at once</span>}
              <Button className="button button-plain" onPress={onClear}>
                Clear selection
              </Button>
            </>
          ) : (
            <Button
              className="button"
              isDisabled={busy}
              onPress={() => void recheck({ where: whereOf(view, zone), limit: all ?? 1 })}
            >
              Recheck all {countInWords(all ?? 0)} matching orders
            </Button>
          )}
        </section>
      )}
      <WriteTrouble failure={failure} refusal={refusal} />
      {jobs.map((job) => (
        <JobProgress key={job.id} first={job} onDone={() => setJobs(jobs.filter(({ id }) => id !== job.id))} />
      ))}
    </>
  );
}
