import { type MouseEvent, memo, useEffect, useRef } from 'react';
import { Moment } from '../shell/moment.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { readableAmount } from './amounts.ts';
import { lightUp } from './lit-rows.ts';
import type { Money, OrderRow as Row } from './order-documents.ts';
import { statusHues, statusWords } from './status-words.ts';

export type RowActions = {
  /** `far` selects the range from the row clicked before to this one. */
  readonly onSelect: (row: Row, on: boolean, far: boolean) => void;
  readonly onOpen: (href: string) => void;
  readonly onOrigin: (row: Row, button: HTMLElement) => void;
};

type Props = RowActions & {
  readonly row: Row;
  /** Where the row came from, shown as the colour of its dot; `null` if unknown. */
  readonly origin: string | null;
  readonly href: string;
  readonly selected: boolean;
  /** The row stays only because the pointer is on the table: the order is no longer in the list. */
  readonly gone: boolean;
};

const originWords: Readonly<Record<string, string>> = {
  SOURCE: 'source',
  REPLICA: 'replica',
  BACKUP: 'backup',
  CACHE: 'cache',
  LIVE: 'live',
};

/** Rendered again only if something changed, so every function prop must stay the same. */
export const OrderRow = memo(function OrderRow(props: Props) {
  const { row, origin, href, selected, gone, onSelect, onOpen, onOrigin } = props;
  const { number, version } = row;
  const line = useRef<HTMLTableRowElement>(null);
  const shown = useRef(version);
  useEffect(() => {
    if (shown.current === version) return;
    shown.current = version;
    if (line.current !== null) lightUp(line.current);
  }, [version]);
  const open = (event: MouseEvent) => {
    // A click on a control has its own meaning, and selecting text to copy it must not open the order.
    const isOwn = (event.target as Element).closest('a, button, input, label') !== null;
    if (isOwn || event.defaultPrevented || window.getSelection()?.isCollapsed === false) return;
    onOpen(href);
  };
  return (
    <tr
      ref={line}
      data-number={number}
      data-version={version}
      data-selected={selected || undefined}
      data-gone={gone || undefined}
      onClick={open}
    >
      <td className="check">
        <label className="row-check">
          <input
            type="checkbox"
            aria-label={`Select ${number}`}
            checked={selected}
            onChange={({ target, nativeEvent }) =>
              onSelect(row, target.checked, nativeEvent instanceof window.MouseEvent && nativeEvent.shiftKey)
            }
          />
        </label>
      </td>
      <RowCells row={row} href={href} gone={gone} />
      <td className="end">
        {origin !== null && (
          <button
            type="button"
            className="origin"
            data-role={origin}
            aria-label={`Where ${number} came from: ${originWords[origin] ?? 'the API'}`}
            title={originWords[origin]}
            onClick={({ currentTarget }) => onOrigin(row, currentTarget)}
          >
            <span className="chip-dot" aria-hidden="true" />
          </button>
        )}
      </td>
    </tr>
  );
});

/** The cells with the order's fields: independent of selection and origin. */
const RowCells = memo(function RowCells({ row, href, gone }: Pick<Props, 'row' | 'href' | 'gone'>) {
  const { number, status, total, charge, processedAt, userId, createdAt, updatedAt, version } = row;
  return (
    <>
      <th scope="row" className="number-cell">
        <PageLink href={href} className="number">
          {number}
        </PageLink>
        {gone && <span className="gone-mark">no longer in this list</span>}
      </th>
      <td>
        <span className="tag" data-hue={statusHues[status]}>
          {statusWords[status]}
        </span>
      </td>
      <td className="amount" data-label="Total">
        <Amount money={total} />
      </td>
      <td className="amount" data-label="Charge">
        <Charge charge={charge} total={total} />
      </td>
      <td data-label="Processed">
        {processedAt === null ? <span className="missing">not processed</span> : <Moment at={processedAt} />}
      </td>
      <td className="amount from-wide" data-label="User">
        {userId}
      </td>
      <td data-label="Created">
        <Moment at={createdAt} />
      </td>
      <td className="from-wide" data-label="Updated">
        <Moment at={updatedAt} />
      </td>
      <td className="amount from-wide" data-label="Version">
        {version}
      </td>
    </>
  );
});

export function Amount({ money }: { money: Money }) {
  return (
    <>
      {readableAmount(money.amount, money.currency)} <span className="currency">{money.currency}</span>
    </>
  );
}

/** Marks a charge that differs from the total, which is what testers look for. */
function Charge({ charge, total }: { charge: Money | null; total: Money }) {
  if (charge === null) return <span className="missing">no charge</span>;
  if (charge.amount === total.amount) return <Amount money={charge} />;
  return (
    <span className="differs" title="Differs from the total">
      ≠ <Amount money={charge} />
    </span>
  );
}
