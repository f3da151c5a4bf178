/**
 * Compares one order with the payment provider. No transaction is open and no node is held while the provider is asked. The write
 * names the version that was compared: if another write was first, the comparison is repeated. Done twice, because a worker
 * died after its commit, the second time finds nothing to change.
 */
import type { Order } from '../database/orders/order-rows.ts';
import { OrderNotFoundError, VersionConflictError } from '../orders/errors.ts';
import { findOrder } from '../orders/find-order.ts';
import { parseAmount } from '../orders/money.ts';
import { updateOrder } from '../orders/update-order.ts';
import type { Clock } from '../platform/clock.ts';
import { RecheckContendedError } from './errors.ts';
import type { JobSessions } from './job-sessions.ts';
import { type PaymentDifference, paymentDifference } from './payment-difference.ts';
import type { Payment, PaymentQuestion, Payments } from './payments.ts';

export type Recheck = {
  /** CHANGED: it was updated. GONE: the order has been deleted. */
  readonly outcome: 'CHANGED' | 'UNCHANGED' | 'GONE';
  /** Includes the current order, whichever client changed it. */
  readonly token: string | null;
};

export type RecheckDependencies = {
  readonly sessions: JobSessions;
  readonly payments: Payments;
  readonly clock: Clock;
};

const maxConflicts = 5;

/** Throws what the provider and sessions throw, and `RecheckContendedError`. */
export async function recheckOrder(
  dependencies: RecheckDependencies,
  id: bigint,
  token: string | null,
  signal: AbortSignal,
): Promise<Recheck> {
  let seen = await readOrder(dependencies, id, token, 'SESSION');
  // An order missing on a replica proves nothing.
  if (seen.value === null) seen = await readOrder(dependencies, id, token, 'STRONG');
  let payment: Payment | null = null;
  for (let conflicts = 0; conflicts < maxConflicts && seen.value !== null; conflicts += 1) {
    payment ??= await dependencies.payments.payment(questionOf(seen.value), signal);
    const difference = paymentDifference(seen.value, payment);
    if (difference === null) return { outcome: 'UNCHANGED', token: seen.token };
    try {
      return { outcome: 'CHANGED', token: await writeDifference(dependencies, seen.value, difference, token) };
    } catch (error) {
      if (!(error instanceof VersionConflictError || error instanceof OrderNotFoundError)) throw error;
      seen = await readOrder(dependencies, id, token, 'STRONG');
    }
  }
  if (seen.value === null) return { outcome: 'GONE', token: seen.token };
  throw new RecheckContendedError();
}

type Seen = { readonly value: Order | null; readonly token: string | null };

function readOrder(
  { sessions }: RecheckDependencies,
  id: bigint,
  token: string | null,
  level: 'SESSION' | 'STRONG',
): Promise<Seen> {
  return sessions.run(token, level, (session) => findOrder(session, { id }, {}));
}

function questionOf({ number, currency, total, createdAt }: Order): PaymentQuestion {
  return { number, currency, total: parseAmount(total.toFixed(2)) ?? 0n, createdAt };
}

async function writeDifference(
  { sessions, clock }: RecheckDependencies,
  { id, version }: Order,
  difference: PaymentDifference,
  token: string | null,
): Promise<string | null> {
  const command = { ...difference, id, expectedVersion: version, idempotencyKey: null };
  const written = await sessions.run(token, 'SESSION', (session) => {
    return updateOrder({ session, clock }, command);
  });
  return written.token;
}
