import { memo, useCallback, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { roleOf } from '../answers/freshness-chip.tsx';
import { Icon } from '../design/icons.tsx';
import { countInWords, countOf } from '../shell/figures.ts';
import { navigate } from '../shell/location.ts';
import type { OrderRow as Row } from './order-documents.ts';
import { OrderRow } from './order-row.tsx';
import type { OrderView, SortField } from './order-view.ts';
import { type AskedOrigin, RowOrigin } from './row-origin.tsx';
import { type Selection, select } from './selection.ts';
import { standing } from './standing-rows.ts';
import type { RowOrigin as Origin } from './use-order-list.ts';
import { useStandStill } from './use-stand-still.ts';

type Column = { readonly title: string; readonly sort?: SortField; readonly className?: string };

const columns: readonly Column[] = [
  { title: 'Number', sort: 'NUMBER' },
  { title: 'Status' },
  { title: 'Total', sort: 'TOTAL', className: 'amount' },
  { title: 'Charge', className: 'amount' },
  { title: 'Processed' },
  { title: 'User', className: 'amount from-wide' },
  { title: 'Created', sort: 'CREATED_AT' },
  { title: 'Updated', sort: 'UPDATED_AT', className: 'from-wide' },
  { title: 'Version', className: 'amount from-wide' },
];
const sorts = columns.filter((column) => column.sort !== undefined) as readonly Required<
  Pick<Column, 'title' | 'sort'>
>[];

export type OrdersTableProps = {
  readonly rows: readonly Row[];
  /** Whether the rows are those requested: otherwise they are on their way, and these must not be used. */
  readonly isCurrent: boolean;
  readonly originOf: (row: Row) => Origin | null;
  readonly sort: OrderView['sort'];
  readonly onSort: (sort: OrderView['sort']) => void;
  readonly selected: Selection;
  readonly hrefOf: (row: Row) => string;
  /** Changes with another list or a reload: rows never stand still across that. */
  readonly turn: string;
};

export function OrdersTable(props: OrdersTableProps) {
  const { rows: latest, isCurrent, originOf, sort, onSort, selected, hrefOf, turn } = props;
  const { still, release, handlers } = useStandStill();
  const held = useRef<readonly Row[] | null>(null);
  const heldTurn = useRef(turn);
  if (!still || !isCurrent || heldTurn.current !== turn) held.current = null;
  else held.current ??= latest;
  heldTurn.current = turn;
  const { rows, come, gone, differ } = standing(latest, held.current);
  // A held row also shows the newest known state of its order.
  if (held.current !== null) held.current = rows;

  const [asked, setAsked] = useState<AskedOrigin | null>(null);
  const now = useRef({ rows, originOf, last: null as string | null });
  now.current.rows = rows;
  now.current.originOf = originOf;
  const onSelect = useCallback((row: Row, on: boolean, far: boolean) => {
    const { rows: shown, last } = now.current;
    const [from, to] = [shown.findIndex(({ id }) => id === last), shown.findIndex(({ id }) => id === row.id)];
    const all = far && from !== -1 && to !== -1 ? shown.slice(Math.min(from, to), Math.max(from, to) + 1) : [row];
    now.current.last = row.id;
    select(all, on);
  }, []);
  const onAll = useCallback((on: boolean) => select(now.current.rows, on), []);
  const onOpen = useCallback((href: string) => navigate(href), []);
  const onOrigin = useCallback((row: Row, button: HTMLElement) => {
    const origin = now.current.originOf(row);
    if (origin !== null) setAsked({ origin, number: row.number, button });
  }, []);

  const chosen = rows.filter(({ id }) => selected.has(id)).length;
  return (
    <div className="table-place" {...handlers}>
      {differ && (
        <Button className="button button-main news" onPress={release}>
          {newsOf(come, gone.size)}
        </Button>
      )}
      <NarrowSort sort={sort} onSort={onSort} />
      <div className="table-frame" aria-busy={!isCurrent} inert={!isCurrent}>
        <table className="orders">
          <caption className="unseen">Orders</caption>
          <TableHead
            all={chosen > 0 && chosen === rows.length}
            some={chosen > 0 && chosen < rows.length}
            onAll={onAll}
            sort={sort}
            onSort={onSort}
          />
          <tbody>
            {rows.map((row) => (
              <OrderRow
                key={row.id}
                row={row}
                origin={dotOf(originOf(row))}
                href={hrefOf(row)}
                selected={selected.has(row.id)}
                gone={gone.has(row.id)}
                onSelect={onSelect}
                onOpen={onOpen}
                onOrigin={onOrigin}
              />
            ))}
          </tbody>
          {rows.length === 0 && (
            <tfoot>
              <tr>
                <td className="loading-rows" colSpan={columns.length + 2}>
                  Loading orders…
                </td>
              </tr>
            </tfoot>
          )}
        </table>
      </div>
      {asked !== null && <RowOrigin asked={asked} onClose={() => setAsked(null)} />}
    </div>
  );
}

type HeadProps = Pick<OrdersTableProps, 'sort' | 'onSort'> & {
  readonly all: boolean;
  readonly some: boolean;
  readonly onAll: (on: boolean) => void;
};

const TableHead = memo(function TableHead({ all, some, onAll, sort, onSort }: HeadProps) {
  return (
    <thead>
      <tr>
        <td className="check">
          <label className="row-check">
            <input
              type="checkbox"
              aria-label="Select every order on this page"
              checked={all}
              ref={(box) => {
                if (box !== null) box.indeterminate = some;
              }}
              onChange={({ target }) => onAll(target.checked)}
            />
          </label>
        </td>
        {columns.map(({ title, sort: field, className }) => (
          <th key={title} scope="col" className={className} aria-sort={field && ariaSort(field, sort)}>
            {field === undefined ? (
              title
            ) : (
              <Button className="sorter" onPress={() => onSort(nextSort(field, sort))}>
                {title}
                {field === sort.field && <Icon name={sort.direction === 'ASC' ? 'up' : 'down'} />}
              </Button>
            )}
          </th>
        ))}
        <th scope="col">
          <span className="unseen">Where it came from</span>
        </th>
      </tr>
    </thead>
  );
});

/** Sort control for the card layout, which has no column heads. */
const NarrowSort = memo(function NarrowSort({ sort, onSort }: Pick<OrdersTableProps, 'sort' | 'onSort'>) {
  return (
    <div className="narrow-sort">
      <label>
        <span className="soft">Sort by</span>{' '}
        <select
          className="select"
          value={sort.field}
          onChange={({ target }) => {
            const wanted = sorts.find((one) => one.sort === target.value)?.sort ?? 'CREATED_AT';
            onSort(nextSort(wanted, { ...sort, field: wanted === 'NUMBER' ? 'TOTAL' : 'NUMBER' }));
          }}
        >
          {sorts.map(({ title, sort: field }) => (
            <option key={field} value={field}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <Button className="button" onPress={() => onSort(nextSort(sort.field, sort))}>
        <Icon name={sort.direction === 'ASC' ? 'up' : 'down'} />
        {sort.direction === 'ASC' ? 'Ascending' : 'Descending'}
      </Button>
    </div>
  );
});

function newsOf(come: number, gone: number): string {
  if (come > 0) return `${countInWords(come)} new`;
  return gone > 0 ? `${countOf(gone, 'row')} left the list` : 'Order of rows has changed';
}

function dotOf(origin: Origin | null): string | null {
  if (origin === null) return null;
  return origin.kind === 'change' ? 'LIVE' : roleOf(origin.facts);
}

/** The same column reverses; another one starts with the useful end: newest, largest, first in the alphabet. */
function nextSort(field: SortField, sort: OrderView['sort']): OrderView['sort'] {
  if (field === sort.field) return { field, direction: sort.direction === 'ASC' ? 'DESC' : 'ASC' };
  return { field, direction: field === 'NUMBER' ? 'ASC' : 'DESC' };
}

function ariaSort(field: SortField, sort: OrderView['sort']) {
  if (field !== sort.field) return 'none';
  return sort.direction === 'ASC' ? 'ascending' : 'descending';
}
