/** Identifies an order at the payment provider, and what we expect of it. */
export type PaymentQuestion = {
  readonly number: string;
  readonly currency: string;
  /** In hundredths. */
  readonly total: bigint;
  readonly createdAt: Date;
};

/** `null` if the provider does not know it yet. */
export type Payment = {
  /** In hundredths of the order's currency. */
  readonly charge: bigint | null;
  readonly processedAt: Date | null;
};

/** Orders placed at the provider, as it describes them: not validated yet. */
export type PlacedOrders = {
  readonly orders: readonly unknown[];
  /** Cursor for the next call. */
  readonly next: string;
  readonly more: boolean;
};

/**
 * The payment provider. Throws `PaymentsUnavailableError`, `PaymentsAnswerError`, `PaymentsRefusedError`, and the reason of
 * the signal.
 */
export interface Payments {
  payment(question: PaymentQuestion, signal: AbortSignal): Promise<Payment>;
  /** Orders placed since `after`; for `null`, from the oldest on. */
  placedOrders(after: string | null, signal: AbortSignal): Promise<PlacedOrders>;
}
