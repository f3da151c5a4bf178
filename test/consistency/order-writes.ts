import type { ClientSession, Intention } from './client-session.ts';
import type { OrderBoard } from './order-board.ts';
import { chargeOf } from './orders-api.ts';
import type { Random } from './random.ts';

const enoughOrders = 30;
const tooManyOrders = 50;
const maxAttempts = 4;

/**
 * Writes as clients make them: each with an idempotency key, some abandoned before the answer, most of those sent again
 * with the same key. Each method resolves to the order that was surely written, `null` when nothing surely was.
 */
export class OrderWrites {
  readonly #board: OrderBoard;
  readonly #random: Random;
  readonly #users: readonly string[];
  #lastWrite: number;

  constructor(board: OrderBoard, random: Random, options: { firstWrite: number; users: readonly string[] }) {
    this.#board = board;
    this.#random = random;
    this.#users = options.users;
    this.#lastWrite = options.firstWrite - 1;
  }

  async create(session: ClientSession): Promise<string | null> {
    if (this.#board.living().length > tooManyOrders) return await this.update(session);
    const write = ++this.#lastWrite;
    const userId = this.#random.pick(this.#users) ?? '';
    const items = [{ sku: 'TIDE-1', name: 'Tide table', quantity: 1, unitPrice: '12.50' }];
    const input = { userId, currency: 'EUR', items, charge: chargeOf(write), idempotencyKey: `write-${write}` };
    return await this.#send(session, { kind: 'create', write, order: null, input }, userId);
  }

  async update(session: ClientSession): Promise<string | null> {
    const order = this.#board.pickLiving();
    if (order === undefined) return await this.create(session);
    const write = ++this.#lastWrite;
    const input = {
      id: order.id,
      expectedVersion: order.version,
      charge: chargeOf(write),
      idempotencyKey: `write-${write}`,
    };
    return await this.#send(session, { kind: 'update', write, order: order.id, input }, order.userId);
  }

  async delete(session: ClientSession): Promise<string | null> {
    const order = this.#board.pickLiving();
    if (order === undefined || this.#board.living().length < enoughOrders) return await this.update(session);
    const write = ++this.#lastWrite;
    const input = { id: order.id, expectedVersion: order.version, idempotencyKey: `write-${write}` };
    return await this.#send(session, { kind: 'delete', write, order: order.id, input }, order.userId);
  }

  async #send(session: ClientSession, intention: Intention, userId: string): Promise<string | null> {
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const impatient = attempt < maxAttempts && this.#random.chance(0.04);
      const { outcome, order, version, error, result } = await session.write(
        intention,
        impatient ? this.#random.between(1, 25) : undefined,
      );
      if (outcome === 'committed' && order !== null) {
        if (intention.kind === 'delete') this.#board.gone(order);
        else this.#board.created(order, userId, version ?? 1);
        if (version !== null) this.#board.learned(order, version);
        return order;
      }
      if (error === 'VERSION_CONFLICT' && order !== null) this.#board.learned(order, result?.current?.version ?? 0);
      if (error === 'ORDER_NOT_FOUND' && order !== null) this.#board.gone(order);
      if (outcome === 'rejected' || !this.#random.chance(0.8)) return null;
    }
    return null;
  }
}
