import { memo } from 'react';
import { ToggleButton } from 'react-aria-components';
import { countInWords } from '../shell/figures.ts';
import type { OrderNumbers } from './order-documents.ts';
import { isFiltered, noFilters, type OrderFilters, type OrderView } from './order-view.ts';

type Tile = {
  readonly title: string;
  readonly count: keyof OrderNumbers['orderCounts'];
  readonly isOn: (view: OrderView) => boolean;
  readonly filters: (on: boolean) => Partial<OrderFilters>;
};

const tiles: readonly Tile[] = [
  {
    title: 'All orders',
    count: 'total',
    isOn: (view) => !isFiltered(view),
    filters: () => noFilters,
  },
  {
    title: 'Pending',
    count: 'pending',
    isOn: ({ status }) => status.length === 1 && status[0] === 'PENDING',
    filters: (on) => ({ status: on ? ['PENDING'] : [] }),
  },
  {
    title: 'Missing charge',
    count: 'missingCharge',
    isOn: ({ missingCharge }) => missingCharge,
    filters: (on) => ({ missingCharge: on }),
  },
  {
    title: 'Missing processed time',
    count: 'missingProcessedAt',
    isOn: ({ missingProcessedAt }) => missingProcessedAt,
    filters: (on) => ({ missingProcessedAt: on }),
  },
];

type Props = {
  readonly numbers: OrderNumbers['orderCounts'] | null;
  readonly view: OrderView;
  readonly onFilter: (filters: Partial<OrderFilters>) => void;
};

/** Counts of orders that need attention. Each is a filter. */
export const OrderCounts = memo(function OrderCounts({ numbers, view, onFilter }: Props) {
  return (
    <fieldset className="tiles">
      <legend className="unseen">Counts, each a filter</legend>
      {tiles.map(({ title, count, isOn, filters }) => (
        <ToggleButton
          key={title}
          className="tile"
          isSelected={isOn(view)}
          onChange={(on) => onFilter(filters(on))}
          data-count={count}
        >
          <span className="tile-count">{numbers === null ? '–' : countInWords(numbers[count])}</span>
          <span className="tile-title">{title}</span>
        </ToggleButton>
      ))}
    </fieldset>
  );
});
