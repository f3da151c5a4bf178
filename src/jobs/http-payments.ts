/**
 * The provider over HTTP.
 *
 *   GET <url>/payments/<number>?total=12.50&currency=EUR&created=<ISO 8601>
 *                                                           { "currency", "charge": "12.50" | null, "processedAt": ISO 8601 | null }
 *   GET <url>/orders?after=<cursor>&limit=100               { "orders": [...], "next": "<cursor>", "more": true | false }
 *
 *   no answer in time, 5xx, 429        PAYMENTS_UNAVAILABLE, retryable
 *   200 with anything else in it       PAYMENTS_BAD_ANSWER, retryable: a gateway's error page may be a 200, too
 *   any other status                   PAYMENTS_REFUSED
 */
import { z } from 'zod';
import { formatAmount, maxAmount, parseAmount } from '../orders/money.ts';
import type { Clock } from '../platform/clock.ts';
import { PaymentsAnswerError, PaymentsRefusedError, PaymentsUnavailableError } from './errors.ts';
import type { Payment, PaymentQuestion, Payments, PlacedOrders } from './payments.ts';
import { providedMoment } from './provided-moment.ts';

export type HttpPaymentsOptions = {
  /** Without a trailing slash. */
  readonly url: string;
  /** Our credentials; `null` if it requires none. */
  readonly token: string | null;
  /** Time limit of one answer, including its body. */
  readonly timeoutMs: number;
  readonly clock: Clock;
};

const pageSize = 100;
const maxAnswerBytes = 1_000_000;

const amount = z.string().transform((text, context) => {
  const hundredths = parseAmount(text);
  if (hundredths !== null && hundredths >= 0n && hundredths <= maxAmount) return hundredths;
  context.addIssue({ code: 'custom', message: 'is not an amount' });
  return z.NEVER;
});

const paymentAnswer = z.object({
  currency: z.string(),
  charge: amount.nullable(),
  processedAt: providedMoment.nullable(),
});

const ordersAnswer = z.object({
  orders: z.array(z.unknown()).max(pageSize),
  next: z.string().min(1).max(200),
  more: z.boolean(),
});

export class HttpPayments implements Payments {
  readonly #options: HttpPaymentsOptions;

  constructor(options: HttpPaymentsOptions) {
    this.#options = options;
  }

  async payment({ number, currency, total, createdAt }: PaymentQuestion, signal: AbortSignal): Promise<Payment> {
    const search = new URLSearchParams({ total: formatAmount(total), currency, created: createdAt.toISOString() });
    const path = `/payments/${encodeURIComponent(number)}?${search}`;
    const answer = understood(paymentAnswer, await this.#get(path, signal));
    if (answer.currency !== currency) {
      throw new PaymentsAnswerError(`${answer.currency} for an order in ${currency}`);
    }
    return { charge: answer.charge, processedAt: answer.processedAt };
  }

  async placedOrders(after: string | null, signal: AbortSignal): Promise<PlacedOrders> {
    const search = new URLSearchParams({ limit: String(pageSize), ...(after !== null && { after }) });
    return understood(ordersAnswer, await this.#get(`/orders?${search}`, signal));
  }

  async #get(path: string, signal: AbortSignal): Promise<string> {
    const { url, token, timeoutMs, clock } = this.#options;
    const overdue = new AbortController();
    const cancel = clock.after(timeoutMs, () => overdue.abort());
    try {
      const response = await fetch(url + path, {
        headers: { accept: 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) },
        redirect: 'error',
        signal: AbortSignal.any([signal, overdue.signal]),
      });
      if (response.status !== 200) {
        await response.body?.cancel();
        throw refusal(response.status);
      }
      return await readText(response);
    } catch (error) {
      if (error instanceof PaymentsUnavailableError || error instanceof PaymentsRefusedError) throw error;
      if (error instanceof PaymentsAnswerError) throw error;
      signal.throwIfAborted();
      if (overdue.signal.aborted) throw new PaymentsUnavailableError(`did not answer within ${timeoutMs} ms`, error);
      throw new PaymentsUnavailableError('cannot be reached', error);
    } finally {
      cancel();
    }
  }
}

function refusal(status: number): PaymentsUnavailableError | PaymentsRefusedError {
  if (status >= 500 || status === 429 || status === 408) {
    return new PaymentsUnavailableError(`answered with status ${status}`);
  }
  return new PaymentsRefusedError(status);
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxAnswerBytes) throw new PaymentsAnswerError(`more than ${maxAnswerBytes} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function understood<T>(rule: z.ZodType<T>, text: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new PaymentsAnswerError('not JSON', error);
  }
  const { data, error } = rule.safeParse(json);
  if (data === undefined) {
    const [issue] = error?.issues ?? [];
    throw new PaymentsAnswerError(`${issue?.path.join('.') || 'the answer'}: ${issue?.message}`, error);
  }
  return data;
}
