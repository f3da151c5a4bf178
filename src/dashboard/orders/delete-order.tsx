import { useState } from 'react';
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { Failure } from '../graphql/failure.ts';
import { announce } from '../shell/announcements.tsx';
import { hasUnsavedWork } from '../shell/unsaved-work.ts';
import { useZone } from '../shell/zone.ts';
import { fieldWords, valueInWords } from './editable-words.ts';
import { useIntentKey } from './intent-key.ts';
import { editableFields, editableOf } from './merge-changes.ts';
import { deleteOrder, type OrderRow, type Refusal } from './order-documents.ts';
import { write } from './write-order.ts';
import { WriteTrouble } from './write-trouble.tsx';

/** Asks, deletes, and asks again if the order has changed meanwhile. */
export function DeleteOrder({ order, onDeleted }: { order: OrderRow; onDeleted: () => void }) {
  return (
    <DialogTrigger>
      <Button className="button button-bad">Delete…</Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog role="alertdialog" className="modal-body">
            {({ close }) => <Question order={order} onDeleted={onDeleted} close={close} />}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

function Question({ order, onDeleted, close }: { order: OrderRow; onDeleted: () => void; close: () => void }) {
  // The version shown with the question: a later answer must not change what the user agreed to.
  const [seen, setSeen] = useState(order);
  const [before, setBefore] = useState<OrderRow | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  const keyFor = useIntentKey();

  const confirm = async () => {
    const intent = { id: seen.id, expectedVersion: seen.version };
    setBusy(true);
    const outcome = await write(deleteOrder, 'deleteOrder', { input: { ...intent, idempotencyKey: keyFor(intent) } });
    setBusy(false);
    setFailure(outcome.kind === 'failed' ? outcome.failure : null);
    setRefusal(null);
    if (outcome.kind === 'refused') {
      const { current, code } = outcome.refusal;
      if (current !== undefined) {
        setBefore(seen);
        setSeen(current);
        return;
      }
      if (code !== 'ORDER_NOT_FOUND') return setRefusal(outcome.refusal);
    }
    if (outcome.kind === 'failed') return;
    announce(`${seen.number} deleted`);
    close();
    onDeleted();
  };

  return (
    <>
      <Heading slot="title">Delete {seen.number}?</Heading>
      {before === null ? (
        <p>Version {seen.version} and its items will be gone for good.</p>
      ) : (
        <>
          <p role="alert">
            Someone changed it meanwhile. You saw version {before.version}; the current one is version {seen.version}.
          </p>
          <VersionsSideBySide before={before} now={seen} />
        </>
      )}
      {hasUnsavedWork() && <p>Your unsaved changes will be lost with it.</p>}
      <WriteTrouble failure={failure} refusal={refusal} />
      <div className="actions">
        <Button className="button button-bad" isDisabled={busy} onPress={() => void confirm()}>
          {before === null ? 'Delete' : `Delete version ${seen.version} anyway`}
        </Button>
        <Button className="button" autoFocus onPress={close}>
          Keep it
        </Button>
      </div>
    </>
  );
}

function VersionsSideBySide({ before, now }: { before: OrderRow; now: OrderRow }) {
  const zone = useZone();
  const [was, is] = [editableOf(before), editableOf(now)];
  return (
    <table className="versions">
      <thead>
        <tr>
          <td />
          <th scope="col">You saw (version {before.version})</th>
          <th scope="col">Current (version {now.version})</th>
        </tr>
      </thead>
      <tbody>
        {editableFields.map((field) => (
          <tr key={field} data-open={was[field] !== is[field] || undefined}>
            <th scope="row">{fieldWords[field]}</th>
            <td>{valueInWords(field, was[field], zone)}</td>
            <td>{valueInWords(field, is[field], zone)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
