import { type ServerResponse, STATUS_CODES } from 'node:http';

/** A refusal in the form of GraphQL errors. The connection ends with it. */
export type Refusal = {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
};

const contentType = 'application/json; charset=utf-8';

/** Ends the response with a JSON body. */
export function respondJson(response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}

/** Ends the response with an error in the form of GraphQL's. */
export function respondError(response: ServerResponse, status: number, code: string, message: string): void {
  respondJson(response, status, { errors: [{ message, extensions: { code } }] });
}

/** Ends the response and closes the connection. */
export function respondRefusal(response: ServerResponse, refusal: Refusal): void {
  for (const [name, value] of Object.entries(headersOf(refusal))) response.setHeader(name, value);
  respondJson(response, refusal.status, bodyOf(refusal));
}

/** The whole response as bytes, for a connection without a request to answer. */
export function plainError(refusal: Refusal): string {
  const body = `${JSON.stringify(bodyOf(refusal))}\n`;
  const headers = {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...headersOf(refusal),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\n${lines.join('')}\r\n${body}`;
}

const bodyOf = ({ message, status: _, ...extensions }: Refusal) => ({ errors: [{ message, extensions }] });

const headersOf = ({ retryAfterMs }: Refusal) => ({
  connection: 'close',
  ...(retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) }),
});

export const unknownHost =
  'The Host header holds an unknown name. ALLOWED_HOSTS lists the names of this API, PUBLIC_URL its address.';
