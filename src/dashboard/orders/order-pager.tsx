import { memo, useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { countInWords, countOf } from '../shell/figures.ts';
import type { OrderPage } from './order-documents.ts';
import { type OrderView, pageSizes } from './order-view.ts';

type Props = {
  readonly pageInfo: OrderPage['orders']['pageInfo'];
  readonly shown: number;
  /** Number of orders on all pages; `null` until counted. */
  readonly matching: number | null;
  readonly view: OrderView;
  readonly onPlace: (place: OrderView['place']) => void;
  readonly onSize: (size: OrderView['size']) => void;
};

export const OrderPager = memo(function OrderPager(props: Props) {
  const { pageInfo, shown, matching, view, onPlace, onSize } = props;
  const { hasPreviousPage, hasNextPage, startCursor, endCursor } = pageInfo;
  return (
    <nav className="pager" aria-label="Pages of orders">
      <span className="soft">
        {hasPreviousPage || view.place !== null ? `${shown} shown` : `${shown === 0 ? 0 : 1}–${shown}`}
        {matching !== null && ` of ${countInWords(matching)}`}
      </span>
      <Matches matching={matching} view={view} />
      <label className="soft">
        <span className="unseen">Orders per page</span>
        <select
          className="select"
          value={view.size}
          onChange={({ target }) => onSize(pageSizes.find((size) => String(size) === target.value) ?? view.size)}
        >
          {pageSizes.map((size) => (
            <option key={size} value={size}>
              {size} per page
            </option>
          ))}
        </select>
      </label>
      <span className="spring" />
      <Button className="button" isDisabled={view.place === null} onPress={() => onPlace(null)}>
        First
      </Button>
      <Button
        className="button"
        isDisabled={!hasPreviousPage || startCursor === null}
        onPress={() => onPlace(startCursor === null ? null : { before: startCursor })}
      >
        Previous
      </Button>
      <Button
        className="button"
        isDisabled={!hasNextPage || endCursor === null}
        onPress={() => onPlace(endCursor === null ? null : { after: endCursor })}
      >
        Next
      </Button>
    </nav>
  );
});

/** Announced to screen readers once per choice of filters, not with each order that comes and goes. */
function Matches({ matching, view }: Pick<Props, 'matching' | 'view'>) {
  const { place: _, sort: __, size: ___, ...filters } = view;
  const key = JSON.stringify(filters);
  const [told, setTold] = useState({ key: '', text: '' });
  useEffect(() => {
    if (matching === null || told.key === key) return;
    setTold({ key, text: countOf(matching, 'order matches', 'orders match') });
  }, [matching, key, told.key]);
  return (
    <span className="unseen" role="status">
      {told.text}
    </span>
  );
}
