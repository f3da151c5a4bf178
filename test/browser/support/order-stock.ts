import { systemClock } from '../../../src/platform/clock.ts';
import { ask } from '../../support/in-process-api.ts';

type Api = { readonly url: string; stop(): Promise<void> };

export type Stocked = { readonly id: string; readonly number: string; readonly version: number };

const create = `mutation ($input: CreateOrderInput!) {
  createOrder(input: $input) { ... on CreateOrderPayload { order { id number version } } ... on UserError { code message } }
}`;
const update = `mutation ($input: UpdateOrderInput!) {
  updateOrder(input: $input) { ... on UpdateOrderPayload { order { id number version } } ... on UserError { code message } }
}`;
const remove = `mutation ($input: DeleteOrderInput!) {
  deleteOrder(input: $input) { ... on DeleteOrderPayload { deletedOrderId } ... on UserError { code message } }
}`;

/** An order as somebody else makes it, past the page. */
export async function createElsewhere(api: Api, input: Readonly<Record<string, unknown>> = {}): Promise<Stocked> {
  const items = [{ sku: 'LAMP', name: 'Lamp', quantity: 2, unitPrice: '12.50' }];
  const answer = await ask(api, create, { variables: { input: { userId: '7', currency: 'EUR', items, ...input } } });
  return written(answer.data?.createOrder, answer.errors);
}

/** A change as somebody else makes it, past the page. */
export async function updateElsewhere(
  api: Api,
  { id, version }: Stocked,
  change: Readonly<Record<string, unknown>>,
): Promise<Stocked> {
  const answer = await ask(api, update, { variables: { input: { id, expectedVersion: version, ...change } } });
  return written(answer.data?.updateOrder, answer.errors);
}

/** Gone, as somebody else does away with it, past the page. */
export async function deleteElsewhere(api: Api, { id, version }: Stocked): Promise<void> {
  const answer = await ask(api, remove, { variables: { input: { id, expectedVersion: version } } });
  if (answer.data?.deleteOrder.deletedOrderId === undefined) throw new Error(`not deleted: ${JSON.stringify(answer)}`);
}

/** Orders of all sorts, `T-001` and on, the last one placed last. */
export async function stockOrders(api: Api, count: number): Promise<readonly Stocked[]> {
  const stocked: Stocked[] = [];
  for (let index = 1; index <= count; index += 1) {
    const unitPrice = `${10 + ((index * 37) % 400)}.${index % 2 === 0 ? '50' : '00'}`;
    const isPaid = index % 3 === 0;
    const order = await patiently(() =>
      createElsewhere(api, {
        number: `T-${String(index).padStart(3, '0')}`,
        userId: String(1 + (index % 5)),
        currency: index % 4 === 0 ? 'USD' : 'EUR',
        items: [{ sku: `TIDE-${index}`, name: 'Tide table', quantity: 1, unitPrice }],
        ...(isPaid && { charge: index % 9 === 0 ? '1.00' : unitPrice, processedAt: '2026-11-20T10:15:00.000Z' }),
      }),
    );
    stocked.push(isPaid ? await patiently(() => updateElsewhere(api, order, { status: 'PAID' })) : order);
  }
  return stocked;
}

/** On a busy machine the source is lost for a moment now and then: then nothing was written. */
async function patiently<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (attempt >= 20 || !String(error).includes('SOURCE_UNAVAILABLE')) throw error;
      await systemClock.sleep(500);
    }
  }
}

function written(result: { order?: Stocked } | null | undefined, errors: unknown): Stocked {
  if (result?.order === undefined) throw new Error(`not written: ${JSON.stringify({ result, errors })}`);
  return result.order;
}
