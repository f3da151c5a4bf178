import { Button } from 'react-aria-components';
import { countInWords } from '../shell/figures.ts';
import type { OrderPage } from './order-documents.ts';
import { type OrderView, pageSizes } from './order-view.ts';

type Props = {
  readonly pageInfo: OrderPage['orders']['pageInfo'];
  readonly shown: number;
  /** How many there are on all pages; `null` until it was counted. */
  readonly matching: number | null;
  readonly view: OrderView;
  readonly onPlace: (place: OrderView['place']) => void;
  readonly onSize: (size: OrderView['size']) => void;
};

export function OrderPager({ pageInfo, shown, matching, view, onPlace, onSize }: Props) {
  const { hasPreviousPage, hasNextPage, startCursor, endCursor } = pageInfo;
  return (
    <nav className="pager" aria-label="Pages of orders">
      <span className="soft">
        {shown} shown{matching !== null && ` of ${countInWords(matching)}`}
      </span>
      <label className="soft">
        <span className="unseen">Orders on a page</span>
        <select
          className="select"
          value={view.size}
          onChange={({ target }) => onSize(pageSizes.find((size) => String(size) === target.value) ?? view.size)}
        >
          {pageSizes.map((size) => (
            <option key={size} value={size}>
              {size} a page
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
}
