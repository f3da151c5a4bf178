import type { OrderWithItems } from '../database/orders/order-rows.ts';
import { readSnapshot, writeSnapshot } from './order-snapshot.ts';

export const orderChangeKinds = ['CREATED', 'UPDATED', 'DELETED'] as const;
export type OrderChangeKind = (typeof orderChangeKinds)[number];

/** What a use case has changed, as the event of its commit tells it. A call answered from an earlier call's record changes nothing. */
export class ChangedOrder {
  readonly kind: OrderChangeKind;
  readonly id: bigint;
  /** The order after the change; `null` if it was deleted. */
  readonly order: OrderWithItems | null;

  constructor({ kind, id, order }: Pick<ChangedOrder, 'kind' | 'id' | 'order'>) {
    this.kind = kind;
    this.id = id;
    this.order = order;
  }
}

/** The same for all subscribers, in whatever process. */
export type OrderChange = Pick<ChangedOrder, 'kind' | 'id' | 'order'> & {
  readonly atMs: number;
  /** Reading with it shows at least this change. */
  readonly token: string;
};

type ChangeMessage = {
  readonly kind: OrderChangeKind;
  readonly id: string;
  readonly order: string | null;
  readonly atMs: number;
  readonly token: string;
};

export function writeChange({ kind, id, order, atMs, token }: OrderChange): string {
  const message: ChangeMessage = { kind, id: id.toString(), order: order && writeSnapshot(order), atMs, token };
  return JSON.stringify(message);
}

export function readChange(text: string): OrderChange {
  const { kind, id, order, atMs, token } = JSON.parse(text) as ChangeMessage;
  return { kind, id: BigInt(id), order: order === null ? null : readSnapshot(order), atMs, token };
}
