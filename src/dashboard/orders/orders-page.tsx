import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { FreshnessChip } from '../answers/freshness-chip.tsx';
import { isSilence } from '../graphql/failure.ts';
import { LiveSwitch } from '../shell/live-switch.tsx';
import { navigate, useSearch } from '../shell/location.ts';
import { useZone, zoneNow } from '../shell/zone.ts';
import { DegradedNotice } from '../states/degraded-notice.tsx';
import { CreateOrder } from './create-order.tsx';
import { ListPlace } from './list-place.tsx';
import { OrderCounts } from './order-counts.tsx';
import { OrderFilterBar } from './order-filters.tsx';
import { OrderPager } from './order-pager.tsx';
import { OrderPanel } from './order-panel.tsx';
import { changed, type OrderFilters, type OrderView, searchOf, viewOf } from './order-view.ts';
import { Rechecks } from './rechecks.tsx';
import { clearSelection, useSelection } from './selection.ts';
import { useOrderList } from './use-order-list.ts';
import { viewFaults } from './view-faults.ts';

const panelName = 'open';

function filter(filters: Partial<OrderFilters>, how?: { readonly replace: boolean }): void {
  navigate(`/${searchOf(changed(viewOf(window.location.search), filters), zoneNow())}`, how);
}

/** The testers' page: the orders, what is wrong with them, and the freshness of each answer. */
export function OrdersPage() {
  const search = useSearch();
  const zone = useZone();
  const view = useMemo(() => viewOf(search), [search]);
  const faults = useMemo(() => viewFaults(view), [view]);
  const opened = new URLSearchParams(search).get(panelName) || null;
  const list = useOrderList(view, faults.length === 0);
  const selected = useSelection();
  const [creating, setCreating] = useState(false);
  // Back and forward leave it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: any other address closes it
  useEffect(() => setCreating(false), [search]);

  const base = `/${searchOf(view, zone)}`;
  const addressOf = useCallback(
    (number: string | null) =>
      number === null ? base : `${base}${base === '/' ? '?' : '&'}${panelName}=${encodeURIComponent(number)}`,
    [base],
  );
  const show = useCallback((next: OrderView) => navigate(`/${searchOf(next, zone)}`), [zone]);
  const onSort = useCallback((sort: OrderView['sort']) => show(changed(view, { sort })), [show, view]);
  const onPlace = useCallback((to: OrderView['place']) => show({ ...view, place: to }), [show, view]);
  const onSize = useCallback((size: OrderView['size']) => show(changed(view, { size })), [show, view]);
  const onNew = useCallback(() => setCreating(true), []);
  const { rows, facts, failure, pageInfo } = list;
  const place = usePlaceAtTop(JSON.stringify(view.place));
  return (
    <>
      <header className="page-head">
        <h1>Orders</h1>
        {facts !== null && <FreshnessChip facts={facts} about="these orders" />}
        <span className="spring" />
        <LiveSwitch state={list.live} held={list.held} onPause={list.pause} />
        <PageActions onRefresh={list.refresh} onNew={onNew} />
      </header>
      <OrderCounts numbers={list.numbers} view={view} onFilter={filter} />
      <OrderFilterBar view={view} faults={faults} onFilter={filter} />
      <Rechecks selected={selected} view={view} matching={list.matching} onClear={clearSelection} />
      {failure !== null && !isSilence(failure) && rows !== null && (
        <DegradedNotice level="warn">
          <p>
            {failure.message} <code>{failure.code}</code> Showing the last data loaded; retrying every few seconds.
          </p>
        </DegradedNotice>
      )}
      <div ref={place} className="list-place">
        <ListPlace
          list={list}
          view={view}
          faults={faults}
          selected={selected}
          addressOf={addressOf}
          onSort={onSort}
          onFilter={filter}
          onFirst={() => onPlace(null)}
        />
      </div>
      {pageInfo !== null && rows !== null && (
        <OrderPager
          pageInfo={pageInfo}
          shown={rows.length}
          matching={list.matching}
          view={view}
          onPlace={onPlace}
          onSize={onSize}
        />
      )}
      {opened !== null && (
        <OrderPanel
          key={opened}
          number={opened}
          changed={list.changed}
          gaps={list.gaps}
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

const PageActions = memo(function PageActions({ onRefresh, onNew }: { onRefresh: () => void; onNew: () => void }) {
  return (
    <>
      <Button className="button" onPress={onRefresh}>
        Refresh
      </Button>
      <Button className="button button-main" onPress={onNew}>
        New order
      </Button>
    </>
  );
});

/** Another page of the list starts at its top, wherever the previous one was scrolled to. */
function usePlaceAtTop(turn: string) {
  const element = useRef<HTMLDivElement>(null);
  const seen = useRef(turn);
  useEffect(() => {
    if (seen.current === turn) return;
    seen.current = turn;
    const top = element.current?.getBoundingClientRect().top ?? 0;
    if (top < 0) element.current?.scrollIntoView({ block: 'start' });
  }, [turn]);
  return element;
}
