/**
 * One order, compared with what the payment provider says. No transaction is open and no node is held while the provider is
 * asked. The write names the version that was compared, so whoever was first wins and the comparison is made again: done
 * twice, because a worker died after its commit, the second time finds nothing to change.
 */
import type { Order } from '../database/order-rows.ts';
import { OrderNotFoundError, VersionConflictError } from '../orders/errors.ts';
import { findOrder } from '../orders/find-order.ts';
import { parseAmount } from '../orders/money.ts';
import type { OrderChange } from '../orders/order-change.ts';
import { updateOrder } from '../orders/update-order.ts';
import type { Clock } from '../platform/clock.ts';
import { RecheckContendedError } from './errors.ts';
import type { JobSessions } from './job-sessions.ts';
import { paymentDifference } from './payment-difference.ts';
import type { Payment, Payments } from './payments.ts';

export type Recheck = {
  /** CHANGED: it was updated. GONE: there is no such order any more. */
  readonly outcome: 'CHANGED' | 'UNCHANGED' | 'GONE';
  /** Includes the change. */
  readonly token: string | null;
};

export type RecheckDependencies = {
  readonly sessions: JobSessions;
  readonly payments: Payments;
  readonly clock: Clock;
  /** Called after each commit. */
  readonly announce: (change: OrderChange) => void;
};

const maxConflicts = 5;

/** Throws what the provider and sessions throw, and `RecheckContendedError`. */
export async function recheckOrder(
  dependencies: RecheckDependencies,
  id: bigint,
  token: string | null,
  signal: AbortSignal,
): Promise<Recheck> {
  const order = await readOrder(dependencies, id, token);
  if (order === null) return { outcome: 'GONE', token: null };
  const { number, currency, total } = order;
  const question = { number, currency, total: parseAmount(total.toFixed(2)) ?? 0n };
  const payment = await dependencies.payments.payment(question, signal);
  return writePayment(dependencies, order, payment, token);
}

/** That an order is missing on a replica proves nothing. */
async function readOrder({ sessions }: RecheckDependencies, id: bigint, token: string | null): Promise<Order | null> {
  const read = (level: 'SESSION' | 'STRONG') => sessions.run(token, level, (session) => findOrder(session, { id }, {}));
  return (await read('SESSION')) ?? (await read('STRONG'));
}

async function writePayment(
  { sessions, clock, announce }: RecheckDependencies,
  seen: Order,
  payment: Payment,
  token: string | null,
): Promise<Recheck> {
  let order: Order = seen;
  for (let conflicts = 0; conflicts < maxConflicts; conflicts += 1) {
    const difference = paymentDifference(order, payment);
    if (difference === null) return { outcome: 'UNCHANGED', token: null };
    const command = { ...difference, id: order.id, expectedVersion: order.version, idempotencyKey: null };
    let written: string | null = null;
    try {
      await sessions.run(token, 'SESSION', async (session) => {
        const { epoch } = session.session;
        const onCommitted = (change: Parameters<JobSessions['announcement']>[0]) => {
          const announcement = sessions.announcement(change, epoch);
          written = announcement.token;
          announce(announcement);
        };
        return updateOrder({ session, clock, onCommitted }, command);
      });
      return { outcome: 'CHANGED', token: written };
    } catch (error) {
      if (error instanceof OrderNotFoundError) return { outcome: 'GONE', token: null };
      if (!(error instanceof VersionConflictError)) throw error;
      order = error.current;
    }
  }
  throw new RecheckContendedError();
}
