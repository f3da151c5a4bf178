/** What an answer says to whoever carries tokens. */
export type Answer = {
  /** Includes everything that its request sent. `null` when it brings none. */
  readonly token: string | null;
  /** The tokens that were sent are of no use: they are to be dropped, and the caller is to look at what is there. */
  readonly refused: boolean;
  /** It shows everything that was acknowledged when its request left. */
  readonly readAtSource: boolean;
  /** It failed, and the same call may succeed later. */
  readonly retryable: boolean;
  /** How long to wait before that, in milliseconds; 0 when nobody said. */
  readonly retryAfterMs: number;
};

/** A GraphQL answer or anything like it. */
export type AnswerBody = {
  readonly data?: unknown;
  readonly errors?: readonly unknown[] | undefined;
  readonly extensions?: unknown;
};
export type AnswerHeaders = { get(name: string): string | null };

type Fields = Readonly<Record<string, unknown>>;

export const refusingCodes: readonly unknown[] = ['INVALID_CONSISTENCY_TOKEN', 'WRITE_LOST'];
/** What gateways say when there is nobody behind them, or too many in front. */
const retryableStatuses: readonly (number | undefined)[] = [429, 502, 503, 504];

/** Reads an answer of whatever library. */
export function readAnswer(body: AnswerBody | null, headers?: AnswerHeaders | null, status?: number): Answer {
  const errors = (body?.errors ?? []).map((error) => fieldsOf(fieldsOf(error).extensions));
  const consistency = fieldsOf(fieldsOf(body?.extensions).consistency);
  const isAnswer = body?.data !== undefined || errors.length > 0;
  return {
    token: textOf(consistency.token) ?? textOf(headers?.get('x-consistency-token')),
    refused: errors.some(({ code }) => refusingCodes.includes(code)),
    readAtSource: consistency.reason === 'strong-read' && errors.length === 0 && showsSomething(body?.data),
    retryable: isAnswer
      ? errors.length > 0 && errors.every(({ retryable }) => retryable === true)
      : retryableStatuses.includes(status),
    retryAfterMs: Math.max(
      0,
      ...errors.map(({ retryAfterMs }) => (typeof retryAfterMs === 'number' ? retryAfterMs : 0)),
      1000 * (Number(headers?.get('retry-after')) || 0),
    ),
  };
}

/** A query that came to read nothing has seen nothing, wherever it ran. */
function showsSomething(data: unknown): boolean {
  return Object.entries(fieldsOf(data)).some(([name, value]) => name !== '__typename' && value !== null);
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
