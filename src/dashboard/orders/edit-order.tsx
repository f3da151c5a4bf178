import { type FormEvent, useState } from 'react';
import { Button } from 'react-aria-components';
import type { Failure } from '../graphql/failure.ts';
import { announce } from '../shell/announcements.tsx';
import { useUnsavedWork } from '../shell/unsaved-work.ts';
import { useZone } from '../shell/zone.ts';
import { fromInput, toInput } from '../shell/zoned-time.ts';
import { DegradedNotice } from '../states/degraded-notice.tsx';
import { hundredthsOf } from './amounts.ts';
import { ConflictResolution } from './conflict-resolution.tsx';
import { amountWords } from './field-faults.ts';
import { useIntentKey } from './intent-key.ts';
import { changeBetween, type Editable, editableOf } from './merge-changes.ts';
import { type OrderRow, type Refusal, updateOrder } from './order-documents.ts';
import type { OrderStatus } from './order-view.ts';
import { nextStatuses, statusWords } from './status-words.ts';
import { TypedForNothing } from './typed-for-nothing.tsx';
import { write } from './write-order.ts';
import { WriteTrouble } from './write-trouble.tsx';

type Trouble = { readonly failure?: Failure; readonly refusal?: Refusal };

type Props = {
  /** The newest version known to the page. */
  readonly order: OrderRow;
  /** The order has been deleted: nothing can be saved any more. */
  readonly gone: boolean;
  readonly onSaved: (order: OrderRow) => void;
  readonly onDiscarded: () => void;
};

/**
 * Edits an order that others may change or delete meanwhile. An untouched form follows the order; a touched one keeps the version
 * that it is based on, and says so. Typed values outlive the order, until the user has seen that it is gone.
 */
export function EditOrder({ order, gone, onSaved, onDiscarded }: Props) {
  const [base, setBase] = useState(order);
  const [mine, setMine] = useState(() => editableOf(order));
  const [current, setCurrent] = useState<OrderRow | null>(null);
  const [trouble, setTrouble] = useState<Trouble>({});
  const [busy, setBusy] = useState(false);
  const keyFor = useIntentKey();
  const zone = useZone();

  const beginFrom = (next: OrderRow) => {
    setBase(next);
    setMine(editableOf(next));
    setCurrent(null);
    setTrouble({});
  };
  const untouched = changeBetween(editableOf(base), mine) === null;
  if (order.version > base.version && untouched && !busy) beginFrom(order);
  useUnsavedWork(untouched ? null : `The change of ${base.number}`, () => beginFrom(order));

  const save = async (from: OrderRow, to: Editable) => {
    const change = changeBetween(editableOf(from), to);
    if (change === null) return;
    const intent = { id: from.id, expectedVersion: from.version, ...change };
    setBusy(true);
    const outcome = await write(updateOrder, 'updateOrder', {
      input: { ...intent, idempotencyKey: keyFor(intent) },
    });
    setBusy(false);
    if (outcome.kind === 'failed') return setTrouble({ failure: outcome.failure });
    if (outcome.kind === 'refused') {
      const { refusal } = outcome;
      if (refusal.current === undefined) return setTrouble({ refusal });
      setTrouble({});
      setCurrent(refusal.current);
      return announce(`${from.number} was changed by someone else first`, 'bad');
    }
    beginFrom(outcome.done.order);
    announce(`${from.number} saved as version ${outcome.done.order.version}`);
    onSaved(outcome.done.order);
  };

  if (gone) {
    if (untouched) return null;
    const discard = () => {
      beginFrom(order);
      onDiscarded();
    };
    return <TypedForNothing before={editableOf(base)} mine={mine} onDiscard={discard} />;
  }
  if (current !== null) {
    return (
      <>
        <h3>Change</h3>
        <ConflictResolution
          before={base}
          mine={mine}
          current={current}
          busy={busy}
          onSave={(result) => void save(current, result)}
          onTakeTheirs={() => {
            beginFrom(current);
            onSaved(current);
          }}
        />
        <WriteTrouble {...trouble} />
      </>
    );
  }

  const chargeFits = mine.charge === '' || hundredthsOf(mine.charge) !== null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (chargeFits && !busy) void save(base, mine);
  };
  return (
    <>
      <h3>Change</h3>
      <form onSubmit={submit} className="edit">
        {order.version > base.version && (
          <DegradedNotice level="warn">
            <p>
              This order has been changed: it is at version {order.version} now; you began from version {base.version}.{' '}
              <button type="button" className="link" onClick={() => setCurrent(order)}>
                Compare
              </button>
            </p>
          </DegradedNotice>
        )}
        <div className="form-grid">
          <label className="field">
            <span>Status</span>
            <select
              value={mine.status}
              onChange={({ target }) => setMine({ ...mine, status: target.value as OrderStatus })}
            >
              {[base.status, ...nextStatuses[base.status]].map((status) => (
                <option key={status} value={status}>
                  {statusWords[status]}
                </option>
              ))}
            </select>
          </label>
          <label className="field">
            <span>Charge in {base.total.currency}</span>
            <input
              inputMode="decimal"
              value={mine.charge}
              aria-invalid={!chargeFits}
              aria-describedby={chargeFits ? undefined : 'charge-fault'}
              placeholder="no charge"
              onChange={({ target }) => setMine({ ...mine, charge: target.value.trim() })}
            />
            {!chargeFits && (
              <span id="charge-fault" className="field-fault">
                {amountWords(mine.charge)}
              </span>
            )}
          </label>
          <label className="field">
            <span>Processed ({zone})</span>
            <input
              type="datetime-local"
              step="1"
              value={toInput(mine.processedAt, zone)}
              onChange={({ target }) => setMine({ ...mine, processedAt: fromInput(target.value, zone) })}
            />
          </label>
        </div>
        <WriteTrouble {...trouble} />
        <div className="actions">
          <Button type="submit" className="button button-main" isDisabled={busy || untouched || !chargeFits}>
            {busy ? 'Saving…' : 'Save'}
          </Button>
          <Button className="button" isDisabled={busy || untouched} onPress={() => beginFrom(order)}>
            Undo
          </Button>
        </div>
      </form>
    </>
  );
}
