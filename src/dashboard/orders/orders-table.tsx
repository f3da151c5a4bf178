import { Button, Checkbox } from 'react-aria-components';
import { Icon } from '../design/icons.tsx';
import type { OrderRow as Row } from './order-documents.ts';
import { OrderRow } from './order-row.tsx';
import type { OrderView, SortField } from './order-view.ts';
import type { RowOrigin } from './use-order-list.ts';

type Column = { readonly title: string; readonly sort?: SortField; readonly className?: string };

const columns: readonly Column[] = [
  { title: 'Number', sort: 'NUMBER' },
  { title: 'Status' },
  { title: 'Total', sort: 'TOTAL', className: 'amount' },
  { title: 'Charge', className: 'amount from-medium' },
  { title: 'Processed', className: 'from-medium' },
  { title: 'User', className: 'amount from-wide' },
  { title: 'Created', sort: 'CREATED_AT', className: 'from-medium' },
  { title: 'Updated', sort: 'UPDATED_AT', className: 'from-wide' },
  { title: 'Version', className: 'amount from-wide' },
];

export type OrdersTableProps = {
  readonly rows: readonly Row[];
  /** Other rows are on their way. */
  readonly busy: boolean;
  readonly originOf: (row: Row) => RowOrigin | null;
  readonly sort: OrderView['sort'];
  readonly onSort: (sort: OrderView['sort']) => void;
  readonly selected: ReadonlyMap<string, string>;
  readonly onSelect: (ids: readonly string[], on: boolean) => void;
  readonly hrefOf: (row: Row) => string;
};

export function OrdersTable({ rows, busy, originOf, sort, onSort, selected, onSelect, hrefOf }: OrdersTableProps) {
  const ids = rows.map(({ id }) => id);
  const chosen = ids.filter((id) => selected.has(id)).length;
  return (
    <div className="table-frame" aria-busy={busy}>
      <table className="orders">
        <caption className="unseen">Orders</caption>
        <thead>
          <tr>
            <td className="check">
              <Checkbox
                className="checkbox"
                aria-label="Select every order of this page"
                isSelected={chosen > 0 && chosen === ids.length}
                isIndeterminate={chosen > 0 && chosen < ids.length}
                onChange={(on) => onSelect(ids, on)}
              >
                <span className="box">
                  <Icon name={chosen < ids.length ? 'some' : 'check'} />
                </span>
              </Checkbox>
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
        <tbody>
          {rows.map((row) => (
            <OrderRow
              key={row.id}
              row={row}
              origin={originOf(row)}
              href={hrefOf(row)}
              selected={selected.has(row.id)}
              onSelect={(on) => onSelect([row.id], on)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The same column turns round; another one begins with what people look for: newest, dearest, first in the alphabet. */
function nextSort(field: SortField, sort: OrderView['sort']): OrderView['sort'] {
  if (field === sort.field) return { field, direction: sort.direction === 'ASC' ? 'DESC' : 'ASC' };
  return { field, direction: field === 'NUMBER' ? 'ASC' : 'DESC' };
}

function ariaSort(field: SortField, sort: OrderView['sort']) {
  if (field !== sort.field) return 'none';
  return sort.direction === 'ASC' ? 'ascending' : 'descending';
}
