/**
 * Pulls orders placed at the payment provider, page by page. Order numbers are unique, so an order that is pulled twice because the
 * cursor was lost exists once. An invalid order is skipped and counted: it must not hold up the others.
 */

import { z } from 'zod';
import { createOrder } from '../orders/create-order.ts';
import { InvalidInputError } from '../orders/errors.ts';
import type { RandomBytes } from '../orders/order-number.ts';
import { createOrderRules } from '../orders/order-rules.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import type { TaskOutcome } from './job-record.ts';
import type { JobSessions } from './job-sessions.ts';
import type { Payments } from './payments.ts';
import { providedMoment } from './provided-moment.ts';

export type RefreshDependencies = {
  readonly sessions: JobSessions;
  readonly payments: Payments;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly log: Logger;
};

/** Where the last run ended. It may be lost. */
export type RefreshPlace = { read(): Promise<string | null>; keep(cursor: string): Promise<void> };

export type Pulled = { readonly number: string; readonly outcome: TaskOutcome; readonly token: string | null };

const maxPages = 20;

const moment = providedMoment.nullish();
/** The rules of a new order, for one with a number and times as text. */
const placedOrder = createOrderRules.extend({ number: z.string(), processedAt: moment });

/** Calls `pulled` for each order. Throws what the provider and sessions throw; orders pulled before stay. */
export async function refreshNewOrders(
  dependencies: RefreshDependencies,
  place: RefreshPlace,
  pulled: (orders: readonly Pulled[]) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let cursor = await place.read();
  for (let page = 0; page < maxPages; page += 1) {
    const { orders, next, more } = await dependencies.payments.placedOrders(cursor, signal);
    const outcomes: Pulled[] = [];
    for (const order of orders) {
      signal.throwIfAborted();
      outcomes.push(await takeIn(dependencies, order));
    }
    if (outcomes.length > 0) await pulled(outcomes);
    await place.keep(next);
    cursor = next;
    if (!more) return;
  }
}

async function takeIn({ sessions, clock, randomBytes, log }: RefreshDependencies, placed: unknown): Promise<Pulled> {
  const { data, error } = placedOrder.safeParse(placed);
  if (data === undefined) {
    const faults = error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    log.warn({ faults }, 'skipped an invalid order from the payment provider');
    return { number: readNumber(placed), outcome: 'FAILED', token: null };
  }
  const { number, processedAt = null } = data;
  const command = { ...data, processedAt, idempotencyKey: null };
  try {
    const { token } = await sessions.run(null, 'SESSION', (session) => {
      return createOrder({ session, clock, randomBytes }, command);
    });
    return { number, outcome: 'CHANGED', token };
  } catch (fault) {
    // Its number is taken: it was pulled before.
    if (fault instanceof InvalidInputError) return { number, outcome: 'UNCHANGED', token: null };
    throw fault;
  }
}

function readNumber(placed: unknown): string {
  const number = typeof placed === 'object' && placed !== null && 'number' in placed ? placed.number : null;
  return typeof number === 'string' ? number.slice(0, 32) : '?';
}
