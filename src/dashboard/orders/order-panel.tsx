import { useEffect, useRef, useState } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { FreshnessChip } from '../answers/freshness-chip.tsx';
import { Icon } from '../design/icons.tsx';
import { isSilence } from '../graphql/failure.ts';
import { useAnswer } from '../graphql/use-answer.ts';
import { countInWords } from '../shell/figures.ts';
import { Moment } from '../shell/moment.tsx';
import { abandonWork, hasUnsavedWork, mayLeave } from '../shell/unsaved-work.ts';
import { useEvery } from '../shell/use-every.ts';
import { DegradedNotice } from '../states/degraded-notice.tsx';
import { EmptyState } from '../states/empty-state.tsx';
import { ErrorState } from '../states/error-state.tsx';
import { LoadingState } from '../states/loading-state.tsx';
import { readableAmount } from './amounts.ts';
import { DeleteOrder } from './delete-order.tsx';
import { EditOrder } from './edit-order.tsx';
import { type FullOrder, oneOrder } from './order-documents.ts';
import { Amount } from './order-row.tsx';
import { maxCharacters } from './view-faults.ts';

type Props = {
  readonly number: string;
  /** When each order was last changed, by id: this one need not be among the rows. */
  readonly changed: ReadonlyMap<string, number>;
  /** Grows with each gap in which changes may have been missed. */
  readonly gaps: number;
  readonly onClose: () => void;
  readonly onWritten: () => void;
};

/** One order beside the list: all fields, where they came from, and the actions. */
export function OrderPanel(props: Props) {
  const close = () => void mayLeave().then((may) => may && props.onClose());
  return (
    <ModalOverlay className="overlay overlay-side" isDismissable isOpen onOpenChange={(open) => !open && close()}>
      <Modal className="side">
        <Dialog className="side-body">
          <OneOrder {...props} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

const refetchEveryMs = 60_000;

function OneOrder({ number, changed, gaps, onClose, onWritten }: Props) {
  const canBe = number.length <= maxCharacters;
  const { data, facts, failure, refetch } = useAnswer(oneOrder, canBe ? { number } : null);
  // The last known state, for when the order is deleted while it is open.
  const last = useRef<FullOrder | null>(null);
  const found = data?.order ?? null;
  // If its number was reused by another order, that one is shown as soon as nothing is lost by it.
  const isAnother = found !== null && last.current !== null && found.id !== last.current.id && hasUnsavedWork();
  const order = isAnother ? null : found;
  if (order !== null) last.current = order;
  const [seenGaps] = useState(gaps);
  const changedAtMs = last.current === null ? 0 : (changed.get(last.current.id) ?? 0);
  const isNews = gaps > seenGaps || changedAtMs > (facts?.receivedAtMs ?? 0) - (facts?.tookMs ?? 0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change and each gap asks again
  useEffect(() => {
    if (isNews) void refetch();
  }, [changedAtMs, gaps]);
  useEvery(refetchEveryMs, refetch);
  const close = () => void mayLeave().then((may) => may && onClose());
  const written = () => {
    void refetch();
    onWritten();
  };
  const shown = order ?? (data === null ? null : last.current);
  return (
    <>
      <header className="side-head">
        <Heading slot="title">{number}</Heading>
        {facts !== null && <FreshnessChip facts={facts} about="this order" />}
        <Button className="button button-plain" aria-label="Close" onPress={close}>
          <Icon name="close" />
        </Button>
      </header>
      {shown !== null ? (
        <>
          {order === null ? (
            <DegradedNotice level="bad">
              <p>This order has been deleted. Last known state:</p>
            </DegradedNotice>
          ) : (
            failure !== null &&
            !isSilence(failure) && <p className="trouble">{failure.message} Showing the last data loaded.</p>
          )}
          <OrderFacts order={shown} />
          <EditOrder
            key={shown.id}
            order={shown}
            gone={order === null}
            onSaved={written}
            onDiscarded={() => void refetch()}
          />
          <h3>Items</h3>
          <OrderItems order={shown} />
          {order !== null && (
            <footer className="side-foot">
              <DeleteOrder
                order={order}
                onDeleted={() => {
                  abandonWork();
                  onClose();
                  onWritten();
                }}
              />
            </footer>
          )}
        </>
      ) : data !== null || !canBe ? (
        <EmptyState title={`There is no order ${number}`}>
          <p>It may have been deleted. Order numbers are case-sensitive.</p>
        </EmptyState>
      ) : failure !== null ? (
        <ErrorState failure={failure} onRetry={refetch} />
      ) : (
        <LoadingState what={number} />
      )}
    </>
  );
}

function OrderFacts({ order }: { order: FullOrder }) {
  return (
    <dl className="facts facts-wide">
      <dt>Total</dt>
      <dd>
        <Amount money={order.total} />
      </dd>
      {isPulled(order.number) && (
        <>
          <dt>Origin</dt>
          <dd>
            Placed at the payment provider and pulled from there; the local one places an order every few minutes.
          </dd>
        </>
      )}
      <dt>User</dt>
      <dd>{order.userId}</dd>
      <dt>Created</dt>
      <dd>
        <Moment at={order.createdAt} />
      </dd>
      <dt>Updated</dt>
      <dd>
        <Moment at={order.updatedAt} />
      </dd>
      <dt>Version</dt>
      <dd>{order.version}</dd>
    </dl>
  );
}

/** The form of the numbers that the local payment provider assigns. */
function isPulled(number: string): boolean {
  return /^P-[0-9A-Z]{6,}-\d+$/.test(number);
}

function OrderItems({ order }: { order: FullOrder }) {
  return (
    <table className="items">
      <thead>
        <tr>
          <th scope="col">Item</th>
          <th scope="col" className="amount">
            Quantity
          </th>
          <th scope="col" className="amount">
            Price
          </th>
          <th scope="col" className="amount">
            Line total
          </th>
        </tr>
      </thead>
      <tbody>
        {order.items.map(({ line, sku, name, quantity, unitPrice, lineTotal }) => (
          <tr key={line}>
            <td>
              {name} <span className="soft">{sku}</span>
            </td>
            <td className="amount">{countInWords(quantity)}</td>
            <td className="amount">{readableAmount(unitPrice, order.total.currency)}</td>
            <td className="amount">{readableAmount(lineTotal, order.total.currency)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
