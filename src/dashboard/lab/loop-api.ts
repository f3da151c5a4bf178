/**
 * The requests of the loop. They do not use the page's client: the loop is a client of its own that carries the token or does
 * not, and never a cookie.
 */
import { at } from '../shell/base-path.ts';
import { create, read, remove, update } from './loop-documents.ts';

export type LoopOrder = { readonly id: string; readonly version: number };

/** An answer and the token for the next request. */
export type LoopAnswer<T> = {
  readonly value: T;
  readonly token: string | null;
  readonly node: string | null;
  readonly role: string | null;
  readonly reason: string | null;
};

/** The API refused, or did not answer. */
export class LoopError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const patienceMs = 20_000;
export async function createOrder(): Promise<LoopAnswer<LoopOrder>> {
  const { data, ...rest } = await send(create, { key: crypto.randomUUID() }, null);
  return { ...rest, value: accepted(data.createOrder).order };
}

export async function writeOrder({ id, version }: LoopOrder, token: string | null): Promise<LoopAnswer<LoopOrder>> {
  const { data, ...rest } = await send(update, { id, version, charge: `${(version % 9000) + 1}.00` }, token);
  return { ...rest, value: accepted(data.updateOrder).order };
}

export async function readOrder(id: string, token: string | null): Promise<LoopAnswer<LoopOrder | null>> {
  const { data, ...rest } = await send(read, { id }, token);
  return { ...rest, value: data.order };
}

/** Reads the order from the source, for when the outcome of a write is unknown. */
export async function newestOrder(id: string): Promise<LoopAnswer<LoopOrder | null>> {
  const { data, ...rest } = await send(read, { id }, null, { 'x-consistency-level': 'strong' });
  return { ...rest, value: data.order };
}

export async function deleteOrder({ id, version }: LoopOrder): Promise<void> {
  await send(remove, { id, version }, null);
}

// biome-ignore lint/suspicious/noExplicitAny: each document has another shape
type Data = any;

async function send(
  query: string,
  variables: object,
  token: string | null,
  headers: Readonly<Record<string, string>> = {},
): Promise<Omit<LoopAnswer<unknown>, 'value'> & { data: Data }> {
  let body: Data;
  try {
    const response = await fetch(at('/graphql'), {
      method: 'POST',
      credentials: 'omit',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        ...(token !== null && { 'x-consistency-token': token }),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(patienceMs),
    });
    body = await response.json();
  } catch {
    throw new LoopError('UNREACHABLE', 'The API does not answer');
  }
  const [error] = body.errors ?? [];
  if (error !== undefined) throw new LoopError(String(error.extensions?.code ?? 'UNKNOWN'), error.message);
  const said = body.extensions?.consistency;
  return {
    data: body.data,
    token: said?.token ?? null,
    node: said?.servedBy?.node ?? null,
    role: said?.servedBy?.role ?? null,
    reason: said?.reason ?? null,
  };
}

function accepted(result: Data): Data {
  if (result.code !== undefined) throw new LoopError(result.code, result.message);
  return result;
}
