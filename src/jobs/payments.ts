/** What an order is known by at the payment provider, and what we expect of it. */
export type PaymentQuestion = {
  readonly number: string;
  readonly currency: string;
  /** In hundredths. */
  readonly total: bigint;
  readonly createdAt: Date;
};

/** `null` is what the provider does not know yet. */
export type Payment = {
  /** In hundredths of the order's currency. */
  readonly charge: bigint | null;
  readonly processedAt: Date | null;
};

/** Orders that were placed at the provider, as it describes them: not checked yet. */
export type PlacedOrders = {
  readonly orders: readonly unknown[];
  /** Where to go on. */
  readonly next: string;
  readonly more: boolean;
};

/**
 * The payment provider. Throws `PaymentsUnavailableError`, `PaymentsAnswerError`, `PaymentsRefusedError`, and the reason of
 * the signal.
 */
export interface Payments {
  payment(question: PaymentQuestion, signal: AbortSignal): Promise<Payment>;
  /** Orders that were placed since `after`; from the provider's own beginning for `null`. */
  placedOrders(after: string | null, signal: AbortSignal): Promise<PlacedOrders>;
}
