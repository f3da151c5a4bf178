// The part of the GraphQL API that the workload uses. A write hides its number in the charge of the order, so that whoever
// reads the order can tell which write made what it sees.
import type { ReadOperation, Served } from './history.ts';

export type Endpoint = { readonly url: string };
export type ApiError = { readonly code: string; readonly retryable: boolean };

export type Answer = {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly ApiError[];
  readonly token: string | null;
  readonly served: Served | null;
};

export type SeenOrder = {
  readonly id: string;
  readonly version: number;
  readonly charge: { readonly amount: string } | null;
};

const orderFields = 'id version charge { amount }';
const refusal = '... on UserError { code }';
const conflict = '... on VersionConflictError { current { version } }';

export const documents = {
  create: `mutation C($input: CreateOrderInput!) { result: createOrder(input: $input) {
    __typename ... on CreateOrderPayload { order { ${orderFields} } consistencyToken } ${refusal} } }`,
  update: `mutation U($input: UpdateOrderInput!) { result: updateOrder(input: $input) {
    __typename ... on UpdateOrderPayload { order { ${orderFields} } consistencyToken } ${refusal} ${conflict} } }`,
  delete: `mutation D($input: DeleteOrderInput!) { result: deleteOrder(input: $input) {
    __typename ... on DeleteOrderPayload { deletedOrderId consistencyToken } ${refusal} ${conflict} } }`,
  one: `query O($id: ID!) { order(by: { id: $id }) { ${orderFields} } }`,
  many: `query N($ids: [ID!]!) { nodes(ids: $ids) { ... on Order { ${orderFields} } } }`,
  page: `query P($userId: ID!, $after: String) { orders(first: 100, after: $after, where: { userId: $userId }) {
    nodes { ${orderFields} } pageInfo { hasNextPage endCursor } } }`,
} as const;

export type Ask = {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly tokens?: readonly string[];
  readonly level?: ReadOperation['level'];
  readonly maxStalenessMs?: number;
  readonly whenBehind?: 'WAIT' | 'BYPASS' | 'FAIL';
  readonly waitMs?: number;
  readonly signal: AbortSignal;
};

/** Rejects when there was no whole GraphQL answer: nobody knows then what became of a write. */
export async function ask(endpoint: Endpoint, request: Ask): Promise<Answer> {
  const { query, variables, tokens = [], level, maxStalenessMs, whenBehind, waitMs, signal } = request;
  const response = await fetch(endpoint.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...(tokens.length > 0 && { 'x-consistency-token': tokens.join(',') }),
      ...(level && { 'x-consistency-level': level.toLowerCase() }),
      ...(maxStalenessMs !== undefined && { 'x-consistency-max-staleness-ms': String(maxStalenessMs) }),
      ...(whenBehind && { 'x-consistency-when-behind': whenBehind.toLowerCase() }),
      ...(waitMs !== undefined && { 'x-consistency-wait-ms': String(waitMs) }),
    },
    body: JSON.stringify({ query, variables }),
    signal,
  });
  const body = (await response.json()) as GraphqlBody;
  if (body.data === undefined && body.errors === undefined)
    throw new Error(`no GraphQL answer: HTTP ${response.status}`);
  const consistency = body.extensions?.consistency;
  const served = consistency?.servedBy;
  return {
    data: body.data ?? null,
    errors: (body.errors ?? []).map(({ extensions }) => ({
      code: extensions?.code ?? `HTTP_${response.status}`,
      retryable: extensions?.retryable ?? false,
    })),
    token: response.headers.get('x-consistency-token'),
    served: served
      ? { ...served, reason: consistency?.reason ?? 'unknown', waitedMs: consistency?.waitedMs ?? 0 }
      : null,
  };
}

type GraphqlBody = {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string; readonly retryable?: boolean } }[];
  readonly extensions?: {
    readonly consistency?: {
      readonly servedBy?: { readonly node: string; readonly role: string } | null;
      readonly reason?: string;
      readonly waitedMs?: number;
    };
  };
};

/** The charge that carries a write's number: so many hundredths. */
export function chargeOf(write: number): string {
  return `${Math.floor(write / 100)}.${String(write % 100).padStart(2, '0')}`;
}

export function writeOf({ charge }: SeenOrder): number | null {
  return charge === null ? null : Math.round(Number(charge.amount) * 100);
}
