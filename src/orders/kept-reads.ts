import { type OrderSelection, withItems } from '../database/orders/order-rows.ts';
import { type CommonRead, countName, pageName } from './common-reads.ts';
import type { ListOrders, OrderPage } from './list-orders.ts';
import type { OrderFilter } from './order-filter.ts';
import { pageFromJson, pageToJson } from './order-page-json.ts';
import type { OrderReads } from './order-reads.ts';

/** Results of reads by name; JSON. */
export type KeptReads = Readonly<Record<string, unknown>>;

/** Reads that record their results, each once. */
export class NotedReads implements OrderReads {
  readonly #reads: OrderReads;
  readonly #counts = new Map<string, Promise<number>>();
  readonly #values = new Map<string, unknown>();

  constructor(reads: OrderReads) {
    this.#reads = reads;
  }

  /** The results of these reads, `null` if one of them was not made. */
  valuesOf(names: readonly string[]): KeptReads | null {
    if (names.some((name) => !this.#values.has(name))) return null;
    return Object.fromEntries(names.map((name) => [name, this.#values.get(name)]));
  }

  async page(list: ListOrders, selection: OrderSelection): Promise<OrderPage> {
    const page = await this.#reads.page(list, selection);
    const name = pageName(list, bringsItems(selection));
    if (name !== null) this.#values.set(name, pageToJson(page));
    return page;
  }

  async count(filter: OrderFilter): Promise<number> {
    const name = countName(filter);
    if (name === null) return this.#reads.count(filter);
    const counting = this.#counts.get(name) ?? this.#reads.count(filter);
    this.#counts.set(name, counting);
    const count = await counting;
    this.#values.set(name, count);
    return count;
  }
}

/** Makes these reads for the cache, one at a time: they are not urgent, and other requests get turns in between. */
export async function readToKeep(orders: OrderReads, reads: readonly CommonRead[]): Promise<KeptReads> {
  const values: Record<string, unknown> = {};
  for (const read of reads) {
    values[read.name] =
      read.kind === 'count'
        ? await orders.count(read.filter)
        : pageToJson(await orders.page(read.list, read.withItems ? { include: withItems } : {}));
  }
  return values;
}

/** Answers from cached results; what is not cached is read. */
export function keptReads(values: KeptReads, reads: OrderReads): OrderReads {
  return {
    page: async (list, selection) => {
      const name = pageName(list, bringsItems(selection));
      return name !== null && name in values ? parsePage(values[name]) : reads.page(list, selection);
    },
    count: async (filter) => {
      const name = countName(filter);
      return name !== null && name in values ? Number(values[name]) : reads.count(filter);
    },
  };
}

/** A cached result is used many times, so it is parsed once. */
const pages = new WeakMap<object, OrderPage>();

function parsePage(json: unknown): OrderPage {
  if (typeof json !== 'object' || json === null) return pageFromJson(json);
  const known = pages.get(json);
  if (known !== undefined) return known;
  const page = pageFromJson(json);
  pages.set(json, page);
  return page;
}

function bringsItems({ include }: OrderSelection): boolean {
  return include?.items !== undefined && include.items !== false;
}
