import { type MouseEvent, memo, useEffect, useRef } from 'react';
import { Moment } from '../shell/moment.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { readableAmount } from './amounts.ts';
import { lightUp } from './lit-rows.ts';
import type { Money, OrderRow as Row } from './order-documents.ts';
import { statusHues, statusWords } from './status-words.ts';

export type RowActions = {
  /** `far` selects everything from the row that was pressed before to this one. */
  readonly onSelect: (row: Row, on: boolean, far: boolean) => void;
  readonly onOpen: (href: string) => void;
  readonly onOrigin: (row: Row, button: HTMLElement) => void;
};

type Props = RowActions & {
  readonly row: Row;
  /** What the row came from, as the colour of its dot says it; `null` while nobody knows. */
  readonly origin: string | null;
  readonly href: string;
  readonly selected: boolean;
  /** It stands here only because somebody points at it: the order is not of the list any more. */
  readonly gone: boolean;
};

const originWords: Readonly<Record<string, string>> = {
  SOURCE: 'source',
  REPLICA: 'replica',
  BACKUP: 'backup',
  CACHE: 'cache',
  LIVE: 'live',
};

/** Drawn again only when something of it is different: every function that it is given has to stay the same. */
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
    // What is pressed in the row has a meaning of its own, and whoever marks text to copy it wants nothing opened.
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

/** What the row says of its order: the same whether it is selected, and wherever it came from. */
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

/** A charge that is not what the order costs is what testers look for. */
function Charge({ charge, total }: { charge: Money | null; total: Money }) {
  if (charge === null) return <span className="missing">no charge</span>;
  if (charge.amount === total.amount) return <Amount money={charge} />;
  return (
    <span className="differs" title="Not what the order costs">
      ≠ <Amount money={charge} />
    </span>
  );
}
