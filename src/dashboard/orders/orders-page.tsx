import { useCallback, useState } from 'react';
import { Button } from 'react-aria-components';
import { FreshnessChip } from '../answers/freshness-chip.tsx';
import { isSilence } from '../graphql/failure.ts';
import { LiveSwitch } from '../shell/live-switch.tsx';
import { navigate, useSearch } from '../shell/location.ts';
import { useZone, zoneNow } from '../shell/zone.ts';
import { DegradedNotice } from '../states/degraded-notice.tsx';
import { EmptyState } from '../states/empty-state.tsx';
import { ErrorState } from '../states/error-state.tsx';
import { LoadingState } from '../states/loading-state.tsx';
import { CreateOrder } from './create-order.tsx';
import { OrderCounts } from './order-counts.tsx';
import { OrderFilterBar } from './order-filters.tsx';
import { OrderPager } from './order-pager.tsx';
import { OrderPanel } from './order-panel.tsx';
import { changed, isFiltered, noFilters, type OrderView, searchOf, viewOf } from './order-view.ts';
import { OrdersTable } from './orders-table.tsx';
import { Rechecks } from './rechecks.tsx';
import { useOrderList } from './use-order-list.ts';

const panelName = 'open';

/** The testers' page: which orders there are, what is wrong with them, and what each of them says about its freshness. */
export function OrdersPage() {
  const search = useSearch();
  const view = viewOf(search);
  const zone = useZone();
  const opened = new URLSearchParams(search).get(panelName) || null;
  const list = useOrderList(view);
  const [selected, setSelected] = useState<ReadonlyMap<string, string>>(new Map());
  const [creating, setCreating] = useState(false);

  const show = (next: OrderView, how?: { readonly replace: boolean }) => navigate(`/${searchOf(next, zone)}`, how);
  const addressOf = (number: string | null) => {
    const base = searchOf(view, zone);
    if (number === null) return `/${base}`;
    return `/${base}${base === '' ? '?' : '&'}${panelName}=${encodeURIComponent(number)}`;
  };
  const filter = useCallback((filters: Partial<OrderView>, how?: { readonly replace: boolean }) => {
    navigate(`/${searchOf(changed(viewOf(window.location.search), filters), zoneNow())}`, how);
  }, []);
  const select = (ids: readonly string[], on: boolean) => {
    const next = new Map(selected);
    for (const id of ids) {
      if (on) next.set(id, list.rows?.find((row) => row.id === id)?.number ?? id);
      else next.delete(id);
    }
    setSelected(next);
  };

  const { rows, facts, failure, pageInfo } = list;
  const openedRow = rows?.find(({ number }) => number === opened);
  return (
    <>
      <header className="page-head">
        <h1>Orders</h1>
        {facts !== null && <FreshnessChip facts={facts} about="these orders" />}
        <span className="spring" />
        <LiveSwitch state={list.live} held={list.held} onPause={list.pause} />
        <Button className="button" onPress={list.refresh}>
          Refresh
        </Button>
        <Button className="button button-main" onPress={() => setCreating(true)}>
          New order
        </Button>
      </header>
      <OrderCounts numbers={list.numbers} view={view} onFilter={filter} />
      <OrderFilterBar view={view} onFilter={filter} />
      <Rechecks selected={selected} view={view} matching={list.matching} onClear={() => setSelected(new Map())} />
      {failure !== null && !isSilence(failure) && rows !== null && (
        <DegradedNotice level="warn">
          <p>
            {failure.message} <code>{failure.code}</code> Showing the last data loaded; retrying every few seconds.
          </p>
        </DegradedNotice>
      )}
      {rows === null ? (
        failure === null ? (
          <LoadingState what="orders" />
        ) : (
          <ErrorState failure={failure} onRetry={list.refresh} />
        )
      ) : rows.length === 0 ? (
        <NoOrders view={view} onClear={() => filter(noFilters)} onFirst={() => show({ ...view, place: null })} />
      ) : (
        <OrdersTable
          rows={rows}
          busy={!list.isCurrent}
          originOf={list.originOf}
          sort={view.sort}
          onSort={(sort) => show(changed(view, { sort }))}
          selected={selected}
          onSelect={select}
          hrefOf={({ number }) => addressOf(number)}
        />
      )}
      {pageInfo !== null && rows !== null && (
        <OrderPager
          pageInfo={pageInfo}
          shown={rows.length}
          matching={list.matching}
          view={view}
          onPlace={(place) => show({ ...view, place })}
          onSize={(size) => show(changed(view, { size }))}
        />
      )}
      {opened !== null && (
        <OrderPanel
          number={opened}
          turn={(openedRow && list.changed.get(openedRow.id)) ?? 0}
          onClose={() => navigate(addressOf(null))}
          onWritten={list.refresh}
        />
      )}
      {creating && (
        <CreateOrder
          onClose={() => setCreating(false)}
          onCreated={({ number }) => {
            setCreating(false);
            list.refresh();
            navigate(addressOf(number));
          }}
        />
      )}
    </>
  );
}

function NoOrders({ view, onClear, onFirst }: { view: OrderView; onClear: () => void; onFirst: () => void }) {
  if (view.place !== null) {
    return (
      <EmptyState title="This page of the list is empty now">
        <Button className="button" onPress={onFirst}>
          To the first page
        </Button>
      </EmptyState>
    );
  }
  if (!isFiltered(view)) {
    return (
      <EmptyState title="There are no orders yet">
        <p>
          Make one with New order, or fill the tables with <code>npm run seed</code>.
        </p>
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No order fits these filters">
      {view.number !== '' && <p>Capital and small letters of a number differ.</p>}
      <Button className="button" onPress={onClear}>
        Clear filters
      </Button>
    </EmptyState>
  );
}
