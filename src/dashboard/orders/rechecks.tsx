import { memo, useState } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { Failure } from '../graphql/failure.ts';
import { announce } from '../shell/announcements.tsx';
import { countInWords, countOf } from '../shell/figures.ts';
import { useZone } from '../shell/zone.ts';
import { JobProgress } from './job-progress.tsx';
import type { Refusal } from './order-documents.ts';
import { whereOf } from './order-variables.ts';
import { isFiltered, type OrderView } from './order-view.ts';
import { type RecheckInput, recheckOrders } from './recheck-documents.ts';
import type { Selection } from './selection.ts';
import { useRechecks } from './use-rechecks.ts';
import { write } from './write-order.ts';
import { WriteTrouble } from './write-trouble.tsx';

type Props = {
  readonly selected: Selection;
  readonly view: OrderView;
  readonly matching: number | null;
  readonly onClear: () => void;
};
type Asked = { readonly input: RecheckInput; readonly count: number };

/** Limits of one recheck, by ids and by filters. */
const maxIds = 1000;
const maxOrders = 10_000;
/** Larger rechecks ask for confirmation. */
const manyOrders = 100;

/** Asks the payment provider about orders in the background, and shows the progress of every recheck that is running. */
export const Rechecks = memo(function Rechecks({ selected, view, matching, onClear }: Props) {
  const { jobs, followed, add, news, hide } = useRechecks();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [busy, setBusy] = useState(false);
  const zone = useZone();

  const recheck = async ({ input }: Asked) => {
    setAsked(null);
    setBusy(true);
    const outcome = await write(recheckOrders, 'recheckOrders', { input });
    setBusy(false);
    setFailure(outcome.kind === 'failed' ? outcome.failure : null);
    setRefusal(outcome.kind === 'refused' ? outcome.refusal : null);
    if (outcome.kind !== 'done') return;
    const { job } = outcome.done;
    add(job);
    announce(`Recheck of ${countOf(job.total, 'order')} queued`);
    if ('ids' in input) onClear();
  };
  const begin = (wanted: Asked) => (wanted.count > manyOrders ? setAsked(wanted) : void recheck(wanted));

  const all = matching === null ? null : Math.min(matching, maxOrders);
  const offersAll = selected.size === 0 && isFiltered(view) && all !== null && all > 0;
  return (
    <>
      {(selected.size > 0 || offersAll) && (
        <section className="recheck-bar" aria-label="Recheck">
          {selected.size > 0 ? (
            <>
              <b>{countInWords(selected.size)} selected</b>
              <Button
                className="button"
                isDisabled={busy || selected.size > maxIds}
                onPress={() => begin({ input: { ids: [...selected.keys()] }, count: selected.size })}
              >
                Recheck
              </Button>
              {selected.size > maxIds && <span>At most {countInWords(maxIds)} at once</span>}
              <Button className="button button-plain" onPress={onClear}>
                Clear selection
              </Button>
            </>
          ) : (
            <Button
              className="button"
              isDisabled={busy}
              onPress={() => begin({ input: { where: whereOf(view, zone), limit: all ?? 1 }, count: all ?? 1 })}
            >
              Recheck all {countInWords(all ?? 0)} matching orders
            </Button>
          )}
        </section>
      )}
      <WriteTrouble failure={failure} refusal={refusal} />
      {jobs.map((job) => (
        <JobProgress key={job.id} job={job} follows={followed.has(job.id)} onNews={news} onDone={() => hide(job)} />
      ))}
      {asked !== null && <Question count={asked.count} onNo={() => setAsked(null)} onYes={() => void recheck(asked)} />}
    </>
  );
});

function Question({ count, onYes, onNo }: { count: number; onYes: () => void; onNo: () => void }) {
  return (
    <ModalOverlay className="overlay" isOpen isDismissable onOpenChange={(open) => !open && onNo()}>
      <Modal className="modal">
        <Dialog role="alertdialog" className="modal-body">
          <Heading slot="title">Recheck {countOf(count, 'order')}?</Heading>
          <p>The payment provider is asked about each of them in the background. You can cancel it.</p>
          <div className="actions">
            <Button className="button button-main" onPress={onYes}>
              Recheck them
            </Button>
            <Button className="button" autoFocus onPress={onNo}>
              Not now
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
