/**
 * One keep-alive HTTP connection that sends one request after the other. Requests are written as bytes prepared beforehand,
 * answers are cut out by their content-length: the load shares the machine's cores with what it measures, so it must
 * cost next to nothing itself.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export type HttpAnswer = { readonly status: number; readonly head: string; readonly body: Buffer };

const endOfHead = Buffer.from('\r\n\r\n');

export class HttpConnection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #settle: { resolve(answer: HttpAnswer): void; reject(error: Error): void } | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the API closed the connection')));
  }

  static async open(url: string): Promise<HttpConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    return new HttpConnection(socket);
  }

  send(request: Buffer): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      // The API does not keep connections for long on which nothing was asked yet.
      if (this.#socket.destroyed)
        return reject(new Error('the API has closed the connection before anything was sent'));
      this.#settle = { resolve, reject };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const headEnd = this.#received.indexOf(endOfHead);
    if (headEnd < 0) return;
    const head = this.#received.toString('latin1', 0, headEnd);
    const length = headerOf(head, 'content-length');
    if (length === null) {
      this.#fail(new Error('an answer without content-length'));
      return;
    }
    const bodyStart = headEnd + endOfHead.length;
    const end = bodyStart + Number(length);
    if (this.#received.length < end) return;
    const body = this.#received.subarray(bodyStart, end);
    this.#received = this.#received.subarray(end);
    const settle = this.#settle;
    this.#settle = null;
    settle?.resolve({ status: Number(head.slice(9, 12)), head, body });
  }

  #fail(error: Error): void {
    const settle = this.#settle;
    this.#settle = null;
    settle?.reject(error);
    this.#socket.destroy();
  }
}

/** The value of one header of a head, `null` when it is not there. */
export function headerOf(head: string, name: string): string | null {
  const start = head.toLowerCase().indexOf(`\r\n${name}:`);
  if (start < 0) return null;
  const from = start + name.length + 3;
  const end = head.indexOf('\r\n', from);
  return head.slice(from, end < 0 ? undefined : end).trim();
}

/** One POST of a GraphQL operation, as bytes. */
export function graphqlRequest(
  query: string,
  variables: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>>,
): Buffer {
  return requestOf(Buffer.from(JSON.stringify({ query, variables })), headers);
}

/** One POST of this body. */
export function requestOf(body: Buffer, headers: Readonly<Record<string, string>>): Buffer {
  const lines = [
    'POST /graphql HTTP/1.1',
    'host: 127.0.0.1',
    'content-type: application/json',
    'accept: application/graphql-response+json',
    `content-length: ${body.length}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]);
}
