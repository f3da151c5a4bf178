import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type Asked = { readonly headers: IncomingHttpHeaders; readonly body: string };
export type Reply =
  /** The connection is cut instead. */
  | 'cut'
  | {
      readonly status?: number;
      readonly token?: string;
      readonly data?: unknown;
      readonly error?: Readonly<Record<string, unknown>>;
      readonly reason?: string;
      readonly headers?: Readonly<Record<string, string>>;
      /** Held back until this. */
      readonly after?: Promise<unknown>;
    };

export type ScriptedEndpoint = {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** The tokens of each request. */
  sent(): string[][];
  /** What the next requests are answered, in the order in which they come; the last one stays. */
  replies(...replies: Reply[]): void;
  stop(): Promise<void>;
};

/** A GraphQL endpoint that says what it is told to say. */
export async function startScriptedEndpoint(): Promise<ScriptedEndpoint> {
  const asked: Asked[] = [];
  let script: Reply[] = [];
  const server = createServer(async (request, response) => {
    asked.push({ headers: request.headers, body: await text(request) });
    const reply = (script.length > 1 ? script.shift() : script[0]) ?? {};
    if (reply === 'cut') return request.socket.destroy();
    await reply.after;
    const { status = 200, token, data, error, reason, headers = {} } = reply;
    const id = request.headers['x-request-id'];
    response.writeHead(status, {
      'content-type': 'application/graphql-response+json',
      ...(token !== undefined && { 'x-consistency-token': token }),
      ...(id !== undefined && { 'x-request-id': id }),
      ...headers,
    });
    const errors = error && [{ message: 'as told', extensions: error }];
    const extensions = { consistency: { token: token ?? null, reason: reason ?? null } };
    response.end(JSON.stringify({ data: data ?? (errors ? null : { field: 1 }), errors, extensions }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    asked,
    sent: () =>
      asked.map(({ headers }) => {
        const sent = String(headers['x-consistency-token'] ?? '');
        return sent === '' ? [] : sent.split(/\s*,\s*/);
      }),
    replies: (...replies) => {
      script = replies;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Retries without waiting; what would have been waited is written down. */
export function hastyRetries() {
  const waitedMs: number[] = [];
  const sleep = async (ms: number) => {
    waitedMs.push(ms);
  };
  return { waitedMs, retry: { random: () => 0.5, sleep } };
}
