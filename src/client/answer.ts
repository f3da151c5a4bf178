/** What an answer tells the token store. */
export type Answer = {
  /** Includes everything that its request sent. `null` if the answer carries none. */
  readonly token: string | null;
  /** The tokens that were sent are invalid: drop them, and re-check the data. */
  readonly refused: boolean;
  /** The answer includes everything that was acknowledged before its request was sent. */
  readonly readAtSource: boolean;
  /** It failed, and a retry may succeed. */
  readonly retryable: boolean;
  /** Minimum delay of a retry in milliseconds; 0 if the server gave none. */
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
/** Statuses of gateways whose backend is down or overloaded. */
const retryableStatuses: readonly (number | undefined)[] = [429, 502, 503, 504];

/** Reads an answer of any library. */
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

/** A query that read nothing has seen nothing, wherever it ran. */
function showsSomething(data: unknown): boolean {
  return Object.entries(fieldsOf(data)).some(([name, value]) => name !== '__typename' && value !== null);
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
