import { type ClientSession, observeAbsent, observePresent } from './client-session.ts';
import type { Observation, ReadOperation } from './history.ts';
import type { OrderBoard } from './order-board.ts';
import type { SeenOrder } from './orders-api.ts';
import type { Random } from './random.ts';

type Page = {
  readonly nodes: readonly SeenOrder[];
  readonly pageInfo: { hasNextPage: boolean; endCursor: string | null };
};

/** Most reads ask for nothing and get the default level. */
const levels = { default: 84, STRONG: 4, BOUNDED: 5, EVENTUAL: 7 } as const;
export type LevelMix = Readonly<Record<keyof typeof levels, number>>;

/** What every bounded read asks for. */
const maxStalenessMs = 1000;

type AskedLevel = { level?: ReadOperation['level']; maxStalenessMs?: number };

export class OrderReads {
  readonly #session: ClientSession;
  readonly #board: OrderBoard;
  readonly #random: Random;
  readonly #mix: LevelMix;

  constructor(session: ClientSession, board: OrderBoard, random: Random, mix: LevelMix = levels) {
    this.#session = session;
    this.#board = board;
    this.#random = random;
    this.#mix = mix;
  }

  async one(id = this.#board.pick()?.id): Promise<void> {
    if (id === undefined) return;
    const observe = ({ order }: Readonly<Record<string, unknown>>) => [observed(id, order as SeenOrder | null)];
    await this.#session.read({ kind: 'one', variables: { id }, observe, ...this.#level() });
  }

  async many(): Promise<void> {
    const ids = new Set(Array.from({ length: this.#random.between(2, 8) }, () => this.#board.pick()?.id ?? ''));
    ids.delete('');
    if (ids.size > 0) await this.#nodes([...ids], this.#level());
  }

  /** A page that is not the last one shows what is there, not what is missing. */
  async page(userId: string): Promise<void> {
    const known = this.#board.of(userId).map((order) => order.id);
    const observe = ({ orders }: Readonly<Record<string, unknown>>) => {
      const { nodes, pageInfo } = orders as Page;
      const present = nodes.map(observePresent);
      if (pageInfo.hasNextPage) return present;
      const listed = new Set(nodes.map((order) => order.id));
      return [...present, ...known.filter((id) => !listed.has(id)).map(observeAbsent)];
    };
    await this.#session.read({ kind: 'page', variables: { userId, after: null }, observe, ...this.#level() });
  }

  /** `null` when it failed. */
  async final(ids: readonly string[]): Promise<true | null> {
    const read = await this.#nodes(ids, { level: 'STRONG', final: true });
    return read.outcome === 'ok' ? true : null;
  }

  /** Shows the orders that nobody was told of. `null` when it failed. */
  async finalPage(userId: string, after: string | null): Promise<{ next: string | null } | null> {
    const { answer, outcome } = await this.#session.read({
      kind: 'page',
      variables: { userId, after },
      level: 'STRONG',
      final: true,
      observe: ({ orders }) => (orders as Page).nodes.map(observePresent),
    });
    if (outcome !== 'ok' || answer?.data == null) return null;
    const { pageInfo } = answer.data.orders as Page;
    return { next: pageInfo.hasNextPage ? pageInfo.endCursor : null };
  }

  async #nodes(ids: readonly string[], options: AskedLevel & { final?: boolean }) {
    const observe = ({ nodes }: Readonly<Record<string, unknown>>): Observation[] =>
      (nodes as (SeenOrder | null)[]).map((order, index) => observed(ids[index] ?? '', order));
    return await this.#session.read({ kind: 'many', variables: { ids }, observe, ...options });
  }

  #level(): AskedLevel {
    const level = this.#random.weighted(this.#mix);
    if (level === 'default') return {};
    return level === 'BOUNDED' ? { level, maxStalenessMs } : { level };
  }
}

function observed(id: string, order: SeenOrder | null): Observation {
  return order === null ? observeAbsent(id) : observePresent(order);
}
