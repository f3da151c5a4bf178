/**
 * Prisma's adapter on a pool of ours. The adapter takes an existing pool only if it is an instance of the driver's own class, and
 * takes anything else for a configuration: it would connect to defaults. So this is one, by its prototype.
 */
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapterFactory } from '@prisma/client/runtime/client';
import { Pool } from 'pg';
import type { PooledConnection } from '../connection.ts';
import type { AdapterPool } from '../driver.ts';
import type { NativeStatement } from './connection.ts';
import type { ValueTypes } from './values.ts';

type Adapter = Awaited<ReturnType<SqlDriverAdapterFactory['connect']>>;
type Transaction = Awaited<ReturnType<Adapter['startTransaction']>>;
type Query = {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly types: ValueTypes;
};

/** With the connection that its statements go to: its end is ours to send. */
class AdapterClient {
  readonly #connection: PooledConnection;
  #isBegun = false;

  constructor(connection: PooledConnection) {
    this.#connection = connection;
  }

  async query(query: Query): Promise<unknown> {
    // The adapter's own, and the first one: what a user sends asks for rows as arrays.
    if (!this.#isBegun) {
      this.#isBegun = true;
      await this.#connection.query(query.text);
      return { fields: [], rows: [], rowCount: 0 };
    }
    return this.#connection.query(nativeOf(query), query.values);
  }

  end(statement: 'COMMIT' | 'ROLLBACK'): Promise<unknown> {
    return this.#connection.query(statement);
  }

  on(event: 'error', listener: (error: Error) => void): void {
    this.#connection.on(event, listener);
  }

  removeListener(event: 'error', listener: (error: Error) => void): void {
    this.#connection.off(event, listener);
  }

  release(): void {
    void this.#connection.release();
  }
}

const nativeOf = ({ text, types }: Query): NativeStatement => ({
  sql: text,
  rowsAsArray: true,
  native: { types, text },
});

/** What the adapter uses of a pool. */
function adapterPool(pool: AdapterPool): Pool {
  const used: Record<string, unknown> = {
    options: {},
    query: (query: Query) => pool.query(nativeOf(query), query.values),
    connect: async () => new AdapterClient(await pool.getConnection()),
    on: () => undefined,
    removeListener: () => undefined,
    end: () => pool.end(),
  };
  return Object.assign(Object.create(Pool.prototype) as Pool, used);
}

export function adapterOn(pool: AdapterPool): SqlDriverAdapterFactory {
  const factory = new PrismaPg(adapterPool(pool));
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => {
      const adapter = (await factory.connect()) as Adapter;
      const begin = adapter.startTransaction.bind(adapter);
      return Object.assign(adapter, {
        startTransaction: async (isolation?: Parameters<typeof begin>[0]) => endedByUs(await begin(isolation)),
      });
    },
  };
}

/**
 * Prisma would send COMMIT like any statement of its user, who must not end the transaction. A transaction that says so is committed
 * by its adapter instead.
 */
function endedByUs(transaction: Transaction): Transaction {
  const { commit, rollback } = transaction;
  // The adapter keeps the client that its pool gave it; its types keep that to itself.
  const { client } = transaction as unknown as { readonly client: AdapterClient };
  const ending = (statement: 'COMMIT' | 'ROLLBACK', release: () => Promise<void>) => async () => {
    try {
      await client.end(statement);
    } finally {
      await release.call(transaction);
    }
  };
  return Object.assign(transaction, {
    options: { usePhantomQuery: true },
    commit: ending('COMMIT', commit),
    rollback: ending('ROLLBACK', rollback),
  });
}
