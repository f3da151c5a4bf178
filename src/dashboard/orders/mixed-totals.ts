import type { OrderView } from './order-view.ts';

/** Totals of several currencies are compared as numbers: what the list says about it; `null` if none are compared. */
export function mixedTotalsNote({ sort, min, max, currency }: OrderView): string | null {
  if (currency !== '') return null;
  const isSorted = sort.field === 'TOTAL';
  const isFiltered = min !== '' || max !== '';
  if (!isSorted && !isFiltered) return null;
  const how = isSorted && isFiltered ? 'Sorted and filtered' : isSorted ? 'Sorted' : 'Filtered';
  return `${how} by amount, ignoring the currency.`;
}
