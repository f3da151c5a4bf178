import type { Position } from '../consistency/position.ts';
import type { OrderWithItems } from '../database/orders/order-rows.ts';
import { readSnapshot, writeSnapshot } from './order-snapshot.ts';

export const orderChangeKinds = ['CREATED', 'UPDATED', 'DELETED'] as const;
export type OrderChangeKind = (typeof orderChangeKinds)[number];

/** A change committed by a use case. A call answered from an earlier call's record commits nothing. */
export type CommittedChange = {
  readonly kind: OrderChangeKind;
  readonly id: bigint;
  /** The order after the change; `null` if it was deleted. */
  readonly order: OrderWithItems | null;
  /** Includes the change; `null` if only the source is certain to have it. */
  readonly position: Position | null;
  readonly issuedAtMs: number;
};

/** The same for all subscribers, in whatever process. */
export type OrderChange = Pick<CommittedChange, 'kind' | 'id' | 'order'> & {
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
