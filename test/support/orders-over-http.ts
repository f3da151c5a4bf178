import { expect } from 'vitest';
import { type ApiAnswer, type Asking, ask, type TestApi } from './in-process-api.ts';

export const create = `mutation ($userId: ID!) { createOrder(input: { userId: $userId, currency: "EUR", items: [{ sku: "S", name: "N", quantity: 1, unitPrice: "1.00" }] }) {
  ... on CreateOrderPayload { order { id number } consistencyToken } } }`;
export const one = 'query ($id: ID!) { order(by: { id: $id }) { id number items { sku } } }';
export const count = '{ orderCounts { total } }';

export type Created = { readonly id: string; readonly token: string; readonly answer: ApiAnswer };

/** A small order, made by a client that sends what `asking` says. */
export async function createOrder(api: TestApi, asking: Asking = {}): Promise<Created> {
  const answer = await ask(api, create, { ...asking, variables: { userId: String(asking.variables?.userId ?? 1) } });
  expect(answer.errors).toEqual([]);
  return { id: answer.data.createOrder.order.id, token: String(answer.token), answer };
}
export const withToken = (token: string) => ({ 'x-consistency-token': token });
/** As a browser sends it back. */
export const cookieOf = (answer: ApiAnswer) => String(answer.cookie).split(';')[0] ?? '';
