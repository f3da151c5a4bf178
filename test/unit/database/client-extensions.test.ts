/** What the clients of sessions let through, asked as Prisma asks them. */
import { beforeEach, describe, expect, it } from 'vitest';
import { DatabaseReadOnlyError, NotAReadError } from '../../../src/database/errors.ts';
import { DatabaseScope } from '../../../src/database/session/database-scope.ts';
import { ReadObservation } from '../../../src/database/session/read-observation.ts';
import { healthGating, readHere } from '../../../src/database/session/read-through-session.ts';
import { readsOnly } from '../../../src/database/session/reads-only.ts';
import { isRead, refusingWrites } from '../../../src/database/session/refusing-writes.ts';

type Asked = {
  readonly model?: string;
  readonly operation: string;
  readonly args: unknown;
  readonly query?: (args: unknown) => Promise<unknown>;
  readonly __internalParams?: { readonly transaction?: unknown };
};
type AllOperations = (asked: Asked) => unknown;

/** What Prisma calls for each operation of a client that is extended so. */
function operationsOf(extension: unknown): { readonly name: string; readonly ask: (asked: Asked) => Promise<unknown> } {
  const client = { $extends: (given: unknown) => given };
  const { name, query } = (extension as (given: unknown) => unknown)(client) as {
    readonly name: string;
    readonly query: { readonly $allOperations: AllOperations };
  };
  return { name, ask: async (asked) => query.$allOperations(asked) };
}

const scope = new DatabaseScope('orders');
let calls: unknown[][];
const client = {
  order: {
    findMany(this: unknown, ...given: unknown[]) {
      calls.push([this === client.order, ...given]);
      return Promise.resolve(['found']);
    },
  },
  $queryRaw(this: unknown, ...given: unknown[]) {
    calls.push([this === client, ...given]);
    return Promise.resolve(['row']);
  },
};
const inSession = <T>(work: () => T): T =>
  scope.reading({ observation: new ReadObservation(false), read: (run) => run(client) }, work);

beforeEach(() => {
  calls = [];
});

describe('a read of the session', () => {
  it('runs on the client of the chosen node, as its own method', async () => {
    const where = { where: { id: 1 } };
    expect(await inSession(() => readHere(scope, 'order', 'findMany', where))).toEqual(['found']);
    expect(calls).toEqual([[true, where]]);
  });

  it('of a raw text hands on the text and its values', async () => {
    expect(await inSession(() => readHere(scope, undefined, '$queryRaw', ['SELECT ?', 1]))).toEqual(['row']);
    expect(calls).toEqual([[true, 'SELECT ?', 1]]);
  });

  it.each([
    ['order', 'findNothing', 'The Prisma client has no order.findNothing'],
    ['invoice', 'findMany', 'The Prisma client has no invoice.findMany'],
    [undefined, '$nothing', 'The Prisma client has no client.$nothing'],
  ])('of what the client has not is a fault: %s.%s', async (model, operation, message) => {
    await expect(inSession(async () => readHere(scope, model, operation, {}))).rejects.toThrow(message);
  });

  it('goes nowhere outside of a session', () => {
    expect(() => readHere(scope, 'order', 'findMany', {})).toThrow('orders');
  });

  it('is what every operation of the client for replicas becomes', async () => {
    const { name, ask } = operationsOf(healthGating(scope));
    expect(name).toBe('tidemark-health-gating');
    expect(await inSession(() => ask({ model: 'order', operation: 'findMany', args: {} }))).toEqual(['found']);
  });
});

describe('the client of a session', () => {
  const { name, ask } = operationsOf(readsOnly(scope, {}));
  const onlyRead = operationsOf(readsOnly(scope, { onlyReads: true })).ask;

  it.each(['$queryRaw', '$queryRawUnsafe'])('lets %s through to the chosen node', async (operation) => {
    const given = { ...client, $queryRawUnsafe: client.$queryRaw };
    const reader = {
      observation: new ReadObservation(false),
      read: <T>(run: (one: unknown) => Promise<T>) => run(given),
    };
    expect(await scope.reading(reader, () => ask({ operation, args: ['SELECT 1'] }))).toEqual(['row']);
  });

  it.each<[string, Asked, string]>([
    ['a write', { model: 'Order', operation: 'create', args: {} }, 'Order.create'],
    ['a raw write', { operation: '$executeRaw', args: [] }, '$executeRaw'],
    [
      'a read in a transaction',
      { operation: '$queryRaw', args: [], __internalParams: { transaction: {} } },
      '$queryRaw',
    ],
  ])('refuses %s, and sends nothing', async (_, asked, operation) => {
    const refused = inSession(() => ask(asked));
    await expect(refused).rejects.toBeInstanceOf(NotAReadError);
    await expect(refused).rejects.toMatchObject({ facts: { operation }, retryable: false });
    expect(calls).toEqual([]);
  });

  it('says of a database that is only read that it is', async () => {
    await expect(onlyRead({ model: 'Order', operation: 'create', args: {} })).rejects.toBeInstanceOf(
      DatabaseReadOnlyError,
    );
    await expect(ask({ model: 'Order', operation: 'create', args: {} })).rejects.not.toBeInstanceOf(
      DatabaseReadOnlyError,
    );
    expect(await inSession(() => onlyRead({ operation: '$queryRaw', args: ['SELECT 1'] }))).toEqual(['row']);
    expect(name).toBe('tidemark-reads-only');
  });
});

describe('a read is', () => {
  it.each([
    'aggregate',
    'count',
    'findFirst',
    'findFirstOrThrow',
    'findMany',
    'findUnique',
    'findUniqueOrThrow',
    'groupBy',
    '$queryRaw',
    '$queryRawUnsafe',
  ])('%s', (operation) => {
    expect(isRead(operation)).toBe(true);
  });

  it.each(['create', 'createMany', 'update', 'upsert', 'delete', 'deleteMany', '$executeRaw', '$runCommandRaw', ''])(
    'not %s',
    (operation) => {
      expect(isRead(operation)).toBe(false);
    },
  );
});

describe('the client of a database that is only read', () => {
  let refusals = 0;
  const { name, ask } = operationsOf(refusingWrites(scope, { faultsMet: () => refusals }));
  const read = { model: 'Order', operation: 'findMany', args: { take: 1 } };

  it('hands reads on', async () => {
    expect(name).toBe('tidemark-refusing-writes');
    expect(await ask({ ...read, query: async (args) => args })).toEqual({ take: 1 });
  });

  it('sends no write', async () => {
    let sent = false;
    const query = async () => {
      sent = true;
    };
    await expect(ask({ ...read, operation: 'create', query })).rejects.toMatchObject({
      code: 'DATABASE_READ_ONLY',
      facts: { database: 'orders' },
    });
    expect(sent).toBe(false);
  });

  it('knows a write that only the server could know', async () => {
    const told = new Error('read-only, in the words of the driver');
    const query = async () => {
      refusals += 1;
      throw told;
    };
    await expect(ask({ ...read, operation: '$queryRaw', query })).rejects.toMatchObject({
      code: 'DATABASE_READ_ONLY',
      cause: told,
    });
  });

  it('passes on what failed for another reason, whatever was refused before', async () => {
    const told = new Error('something else');
    await expect(ask({ ...read, query: async () => Promise.reject(told) })).rejects.toBe(told);
  });
});
