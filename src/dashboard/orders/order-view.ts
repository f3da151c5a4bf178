/**
 * The view of the orders is kept in the address bar, so that a shared link shows the same.
 *
 *   number, status, user, missing, from, to, min, max, currency   filters
 *   tz                                                             the time zone of the days, for readers in another one
 *   sort (a field, with a minus for descending)                    sort order
 *   size, after, before                                            page
 *
 * Invalid values are ignored.
 */
import { isDay } from '../shell/zoned-time.ts';

export const orderStatuses = ['PENDING', 'PAID', 'SHIPPED', 'COMPLETED', 'CANCELLED', 'REFUNDED'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

export const sortFields = ['CREATED_AT', 'UPDATED_AT', 'TOTAL', 'NUMBER'] as const;
export type SortField = (typeof sortFields)[number];
export type Direction = 'ASC' | 'DESC';

export const pageSizes = [20, 50, 100] as const;

export type OrderFilters = {
  readonly number: string;
  readonly status: readonly OrderStatus[];
  readonly userId: string;
  readonly missingCharge: boolean;
  readonly missingProcessedAt: boolean;
  /** Days in the page's time zone, such as `2026-11-21`, both included. */
  readonly from: string;
  readonly to: string;
  readonly min: string;
  readonly max: string;
  readonly currency: string;
};

export type OrderView = OrderFilters & {
  readonly sort: { readonly field: SortField; readonly direction: Direction };
  readonly place: { readonly after: string } | { readonly before: string } | null;
  readonly size: (typeof pageSizes)[number];
};

export const noFilters: OrderFilters = {
  number: '',
  status: [],
  userId: '',
  missingCharge: false,
  missingProcessedAt: false,
  from: '',
  to: '',
  min: '',
  max: '',
  currency: '',
};

const sortNames: Readonly<Record<SortField, string>> = {
  CREATED_AT: 'created',
  UPDATED_AT: 'updated',
  TOTAL: 'total',
  NUMBER: 'number',
};
const newestFirst = '-created';
/** Any text is searched for: a link with an invalid number must not show all orders. */
export const maxTextLength = 200;

export function viewOf(search: string): OrderView {
  const given = new URLSearchParams(search);
  const text = (name: string, pattern = /^.{0,64}$/s) => {
    const value = (given.get(name) ?? '').trim();
    return pattern.test(value) ? value : '';
  };
  const missing = text('missing').split(',');
  const wanted = text('status').split(',');
  const day = (name: string) => (isDay(text(name)) ? text(name) : '');
  const amount = /^\d{1,10}(\.\d{1,2})?$/;
  const cursor = /^[\w+/=.~-]{1,4096}$/;
  const after = text('after', cursor);
  const before = text('before', cursor);
  const sort = text('sort') || newestFirst;
  return {
    number: text('number', /^/).slice(0, maxTextLength),
    status: orderStatuses.filter((status) => wanted.includes(status)),
    userId: text('user', /^[1-9]\d{0,18}$/),
    missingCharge: missing.includes('charge'),
    missingProcessedAt: missing.includes('processed_at'),
    from: day('from'),
    to: day('to'),
    min: text('min', amount),
    max: text('max', amount),
    currency: text('currency', /^[A-Z]{3}$/),
    sort: {
      field: sortFields.find((field) => sortNames[field] === sort.replace(/^-/, '')) ?? 'CREATED_AT',
      direction: sort.startsWith('-') ? 'DESC' : 'ASC',
    },
    place: after !== '' ? { after } : before !== '' ? { before } : null,
    size: pageSizes.find((size) => String(size) === given.get('size')) ?? pageSizes[0],
  };
}

/** The inverse: with a question mark, or empty for the default view. Days are those of the zone. */
export function searchOf(view: OrderView, zone: string): string {
  const missing = [view.missingCharge && 'charge', view.missingProcessedAt && 'processed_at'].filter(Boolean);
  const sort = `${view.sort.direction === 'DESC' ? '-' : ''}${sortNames[view.sort.field]}`;
  const parts: Record<string, string> = {
    number: view.number,
    status: view.status.join(','),
    user: view.userId,
    missing: missing.join(','),
    from: view.from,
    to: view.to,
    tz: view.from === '' && view.to === '' ? '' : zone,
    min: view.min,
    max: view.max,
    currency: view.currency,
    sort: sort === newestFirst ? '' : sort,
    size: view.size === pageSizes[0] ? '' : String(view.size),
    after: view.place !== null && 'after' in view.place ? view.place.after : '',
    before: view.place !== null && 'before' in view.place ? view.place.before : '',
  };
  const search = new URLSearchParams(Object.entries(parts).filter(([, value]) => value !== '')).toString();
  return search === '' ? '' : `?${search.replaceAll('%2C', ',').replaceAll('%2F', '/')}`;
}

/** Other filters or another sort order start at the first page. */
export function changed(view: OrderView, change: Partial<Omit<OrderView, 'place'>>): OrderView {
  return { ...view, ...change, place: null };
}

export function isFiltered(view: OrderFilters): boolean {
  return Object.entries(noFilters).some(([name, nothing]) => {
    return String(view[name as keyof OrderFilters]) !== String(nothing);
  });
}
