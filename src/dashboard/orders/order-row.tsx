import { useEffect, useRef } from 'react';
import { Checkbox } from 'react-aria-components';
import { Icon } from '../design/icons.tsx';
import { Moment } from '../shell/moment.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { readableAmount } from './amounts.ts';
import type { Money, OrderRow as Row } from './order-documents.ts';
import { RowOrigin } from './row-origin.tsx';
import { statusHues, statusWords } from './status-words.ts';
import type { RowOrigin as Origin } from './use-order-list.ts';

type Props = {
  readonly row: Row;
  readonly origin: Origin | null;
  readonly href: string;
  readonly selected: boolean;
  readonly onSelect: (on: boolean) => void;
};

export function OrderRow({ row, origin, href, selected, onSelect }: Props) {
  const { number, status, total, charge, processedAt, userId, createdAt, updatedAt, version } = row;
  const line = useRef<HTMLTableRowElement>(null);
  const shown = useRef(version);
  useEffect(() => {
    if (shown.current === version) return;
    shown.current = version;
    lightUp(line.current);
  }, [version]);
  return (
    <tr ref={line} data-number={number} data-version={version} data-selected={selected || undefined}>
      <td className="check">
        <Checkbox className="checkbox" aria-label={`Select ${number}`} isSelected={selected} onChange={onSelect}>
          <span className="box">
            <Icon name="check" />
          </span>
        </Checkbox>
      </td>
      <th scope="row">
        <PageLink href={href} className="number">
          {number}
        </PageLink>
        <span className="until-medium">
          <Moment at={createdAt} />
        </span>
      </th>
      <td>
        <span className="tag" data-hue={statusHues[status]}>
          {statusWords[status]}
        </span>
      </td>
      <td className="amount">
        <Amount money={total} />
      </td>
      <td className="amount from-medium">
        <Charge charge={charge} total={total} />
      </td>
      <td className="from-medium">
        {processedAt === null ? <span className="missing">not processed</span> : <Moment at={processedAt} />}
      </td>
      <td className="amount from-wide">{userId}</td>
      <td className="from-medium">
        <Moment at={createdAt} />
      </td>
      <td className="from-wide">
        <Moment at={updatedAt} />
      </td>
      <td className="amount from-wide">{version}</td>
      <td className="end">{origin !== null && <RowOrigin origin={origin} number={number} />}</td>
    </tr>
  );
}

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

function lightUp(line: HTMLTableRowElement | null): void {
  if (line === null || window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const from = getComputedStyle(line).getPropertyValue('--flash');
  line.animate([{ backgroundColor: from }, { backgroundColor: 'transparent' }], { duration: 1800, easing: 'ease-out' });
}
