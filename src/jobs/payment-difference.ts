import type { Order } from '../database/orders/order-rows.ts';
import { formatAmount } from '../orders/money.ts';
import type { Payment } from './payments.ts';

/** The changes to an order. */
export type PaymentDifference = { readonly charge?: bigint; readonly processedAt?: Date };

/**
 * What the provider knows and the order lacks; `null` if nothing. Values that the provider does not know yet clear nothing: a person may
 * have entered them.
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
