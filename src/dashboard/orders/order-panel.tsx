import { useEffect } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { FreshnessChip } from '../answers/freshness-chip.tsx';
import { Icon } from '../design/icons.tsx';
import { useAnswer } from '../graphql/use-answer.ts';
import { Moment } from '../shell/moment.tsx';
import { EmptyState } from '../states/empty-state.tsx';
import { ErrorState } from '../states/error-state.tsx';
import { LoadingState } from '../states/loading-state.tsx';
import { readableAmount } from './amounts.ts';
import { DeleteOrder } from './delete-order.tsx';
import { EditOrder } from './edit-order.tsx';
import { type FullOrder, oneOrder } from './order-documents.ts';
import { Amount } from './order-row.tsx';

type Props = {
  readonly number: string;
  /** Grows whenever the order may have changed. */
  readonly turn: number;
  readonly onClose: () => void;
  readonly onWritten: () => void;
};

/** One order beside the list: all that is known of it, where that came from, and what can be done with it. */
export function OrderPanel({ number, turn, onClose, onWritten }: Props) {
  return (
    <ModalOverlay className="overlay overlay-side" isDismissable isOpen onOpenChange={(open) => !open && onClose()}>
      <Modal className="side">
        <Dialog className="side-body">
          <OneOrder number={number} turn={turn} onClose={onClose} onWritten={onWritten} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function OneOrder({ number, turn, onClose, onWritten }: Props) {
  const { data, facts, failure, refetch } = useAnswer(oneOrder, { number });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn asks again, the first time the hook has asked already
  useEffect(() => {
    if (turn > 0) void refetch();
  }, [turn]);
  const written = () => {
    void refetch();
    onWritten();
  };
  const order = data?.order ?? null;
  return (
    <>
      <header className="side-head">
        <Heading slot="title">{number}</Heading>
        {facts !== null && <FreshnessChip facts={facts} about="this order" />}
        <Button slot="close" className="button button-plain" aria-label="Close">
          <Icon name="close" />
        </Button>
      </header>
      {order !== null ? (
        <>
          {failure !== null && <p className="trouble">{failure.message} What you see is what was read last.</p>}
          <OrderFacts order={order} />
          <h3>Change</h3>
          <EditOrder key={order.id} order={order} onSaved={written} />
          <h3>Items</h3>
          <OrderItems order={order} />
          <footer className="side-foot">
            <DeleteOrder
              order={order}
              onDeleted={() => {
                onClose();
                onWritten();
              }}
            />
          </footer>
        </>
      ) : data !== null ? (
        <EmptyState title={`There is no order ${number}`}>
          <p>It may have been deleted. Capital and small letters differ.</p>
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

function OrderItems({ order }: { order: FullOrder }) {
  return (
    <table className="items">
      <thead>
        <tr>
          <th scope="col">Article</th>
          <th scope="col" className="amount">
            Quantity
          </th>
          <th scope="col" className="amount">
            Price
          </th>
          <th scope="col" className="amount">
            Together
          </th>
        </tr>
      </thead>
      <tbody>
        {order.items.map(({ line, sku, name, quantity, unitPrice, lineTotal }) => (
          <tr key={line}>
            <td>
              {name} <span className="soft">{sku}</span>
            </td>
            <td className="amount">{quantity}</td>
            <td className="amount">{readableAmount(unitPrice, order.total.currency)}</td>
            <td className="amount">{readableAmount(lineTotal, order.total.currency)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
