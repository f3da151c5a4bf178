import { useCallback } from 'react';
import { Button } from 'react-aria-components';
import { isFinal } from '../graphql/failure.ts';
import { EmptyState } from '../states/empty-state.tsx';
import { ErrorState } from '../states/error-state.tsx';
import { mixedTotalsNote } from './mixed-totals.ts';
import type { OrderRow } from './order-documents.ts';
import { isFiltered, noFilters, type OrderFilters, type OrderView } from './order-view.ts';
import { OrdersTable } from './orders-table.tsx';
import type { Selection } from './selection.ts';
import type { OrderList } from './use-order-list.ts';
import type { ViewFault } from './view-faults.ts';

type Props = {
  readonly list: OrderList;
  readonly view: OrderView;
  readonly faults: readonly ViewFault[];
  readonly selected: Selection;
  readonly addressOf: (number: string) => string;
  readonly onSort: (sort: OrderView['sort']) => void;
  readonly onFilter: (filters: Partial<OrderFilters>) => void;
  readonly onFirst: () => void;
};

/** The rows of the view, or why there are none: never those of another view. */
export function ListPlace(props: Props) {
  const { list, view, faults, selected, addressOf, onSort, onFilter, onFirst } = props;
  const { rows, failure } = list;
  const hrefOf = useCallback(({ number }: OrderRow) => addressOf(number), [addressOf]);
  const clear = () => onFilter(noFilters);
  if (faults.length > 0) {
    return (
      <EmptyState title="No order can match these filters">
        {faults.map(({ text }) => (
          <p key={text}>{text}</p>
        ))}
        <Button className="button" onPress={clear}>
          Clear filters
        </Button>
      </EmptyState>
    );
  }
  if (rows === null && failure !== null) {
    if (view.place !== null && isFinal(failure)) {
      return (
        <EmptyState title="This link points to a page of the list that no longer exists">
          <Button className="button" onPress={onFirst}>
            First page
          </Button>
        </EmptyState>
      );
    }
    return (
      <ErrorState failure={failure} onRetry={list.refresh}>
        <p>
          {isFiltered(view)
            ? 'The orders that match these filters could not be loaded.'
            : 'The orders could not be loaded.'}
        </p>
      </ErrorState>
    );
  }
  if (rows?.length === 0) return <NoOrders view={view} onClear={clear} onFirst={onFirst} />;
  const mixed = mixedTotalsNote(view);
  return (
    <>
      {mixed !== null && <p className="soft mixes">{mixed}</p>}
      <OrdersTable
        turn={`${list.turn} ${JSON.stringify(view)}`}
        rows={rows ?? []}
        isCurrent={list.isCurrent}
        originOf={list.originOf}
        sort={view.sort}
        onSort={onSort}
        selected={selected}
        hrefOf={hrefOf}
      />
    </>
  );
}

function NoOrders({ view, onClear, onFirst }: { view: OrderView; onClear: () => void; onFirst: () => void }) {
  if (view.place !== null) {
    return (
      <EmptyState title="This page of the list is empty now">
        <Button className="button" onPress={onFirst}>
          First page
        </Button>
      </EmptyState>
    );
  }
  if (!isFiltered(view)) {
    return (
      <EmptyState title="There are no orders yet">
        <p>
          Create one with New order, or run the command <code>seed</code>.
        </p>
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No order matches these filters">
      {view.number !== '' && <p>Order numbers are case-sensitive.</p>}
      <Button className="button" onPress={onClear}>
        Clear filters
      </Button>
    </EmptyState>
  );
}
