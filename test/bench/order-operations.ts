import { graphqlRequest, type HttpAnswer, type HttpConnection } from './http-connection.ts';

/** What an operation asks for; headers are left out when nothing is said. */
export type Asking = {
  readonly token?: string | null;
  readonly level?: 'eventual' | 'session' | 'strong';
  readonly whenBehind?: 'wait' | 'bypass';
  readonly waitMs?: number;
};

export type OwnOrder = { readonly id: string; readonly version: number };

/** Where an operation was served, and why. */
export type Served = {
  readonly role: 'SOURCE' | 'REPLICA' | 'BACKUP';
  readonly reason: string;
  readonly waitedMs: number;
};

export type Answer = { readonly order: OwnOrder | null; readonly served: Served; readonly token: string | null };

const refusal = '... on UserError { code message }';
const documents = {
  read: 'query Read($id: ID!) { order(by: { id: $id }) { id number status version total { amount currency } } }',
  create: `mutation Create($input: CreateOrderInput!) {
    result: createOrder(input: $input) { ... on CreateOrderPayload { order { id version } } ${refusal} } }`,
  update: `mutation Update($input: UpdateOrderInput!) {
    result: updateOrder(input: $input) { ... on UpdateOrderPayload { order { id version } } ${refusal} } }`,
  page: 'query Page($after: String) { orders(first: 100, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } }',
} as const;

export function readRequest(id: string, asking: Asking): Buffer {
  return graphqlRequest(documents.read, { id }, headersFor(asking));
}

/** The API draws the number unless one is given. */
export function createRequest(userId: number, asking: Asking, number?: string): Buffer {
  const items = [
    { sku: 'TEA-1', name: 'Green tea', quantity: 2, unitPrice: '4.50' },
    { sku: 'CUP-2', name: 'Cup', quantity: 1, unitPrice: '12.00' },
  ];
  return graphqlRequest(
    documents.create,
    { input: { userId: String(userId), currency: 'EUR', items, number } },
    headersFor(asking),
  );
}

export function updateRequest({ id, version }: OwnOrder, asking: Asking): Buffer {
  const input = { id, expectedVersion: version, charge: `${version % 100_000}.50` };
  return graphqlRequest(documents.update, { input }, headersFor(asking));
}

/** The ids of seeded orders, newest first. */
export async function listOrderIds(connection: HttpConnection, count: number): Promise<string[]> {
  const ids: string[] = [];
  let after: string | null = null;
  while (ids.length < count) {
    const request = graphqlRequest(documents.page, { after }, {});
    const { data }: { data: Page } = bodyOf(await connection.send(request));
    ids.push(...data.orders.nodes.map(({ id }) => id));
    if (!data.orders.pageInfo.hasNextPage) break;
    after = data.orders.pageInfo.endCursor;
  }
  return ids.slice(0, count);
}

type Page = {
  readonly orders: {
    readonly nodes: readonly { readonly id: string }[];
    readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
  };
};

/** Reads a whole answer. Throws what the API complained about. */
export function answerOf(answer: HttpAnswer): Answer {
  const { data, extensions } = bodyOf<Body>(answer);
  const { servedBy, reason, waitedMs, token } = extensions.consistency;
  const order = data.result === undefined ? (data.order ?? null) : (data.result?.order ?? null);
  if (data.result !== undefined && order === null) throw new Error(`refused: ${JSON.stringify(data.result)}`);
  return { order, served: { role: servedBy.role, reason, waitedMs }, token };
}

/** As `answerOf`, for where reading the body would cost more than can be afforded. */
export function assertAnswered({ status, body }: HttpAnswer): void {
  if (status !== 200 || body.includes('"errors"')) throw new Error(`HTTP ${status}: ${body.toString()}`);
}

type Body = {
  readonly data: { readonly order?: OwnOrder | null; readonly result?: { readonly order?: OwnOrder } };
  readonly extensions: {
    readonly consistency: {
      readonly servedBy: { readonly role: Served['role'] };
      readonly token: string | null;
    } & Omit<Served, 'role'>;
  };
};

/** What the documents above ask for, and nobody else. */
function bodyOf<Shape>(answer: HttpAnswer): Shape {
  assertAnswered(answer);
  return JSON.parse(answer.body.toString()) as Shape;
}

function headersFor({ token, level, whenBehind, waitMs }: Asking): Record<string, string> {
  return {
    ...(token != null && { 'x-consistency-token': token }),
    ...(level && { 'x-consistency-level': level }),
    ...(whenBehind && { 'x-consistency-when-behind': whenBehind }),
    ...(waitMs !== undefined && { 'x-consistency-wait-ms': String(waitMs) }),
  };
}
