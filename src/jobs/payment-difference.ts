import type { Order } from '../database/orders/order-rows.ts';
import { formatAmount } from '../orders/money.ts';
import type { Payment } from './payments.ts';

/** What is to be changed of an order. */
export type PaymentDifference = { readonly charge?: bigint; readonly processedAt?: Date };

/**
 * What the provider knows and the order does not say; `null` when that is nothing. What the provider does not know yet
 * takes nothing away: a person may have entered it.
 */
export function paymentDifference(
  order: Pick<Order, 'charge' | 'processedAt'>,
  { charge, processedAt }: Payment,
): PaymentDifference | null {
  const chargeDiffers = charge !== null && order.charge?.toFixed(2) !== formatAmount(charge);
  const processedDiffers = processedAt !== null && order.processedAt?.getTime() !== processedAt.getTime();
  if (!chargeDiffers && !processedDiffers) return null;
  return { ...(chargeDiffers && { charge }), ...(processedDiffers && { processedAt }) };
}
