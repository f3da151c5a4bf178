/** What a generated client is to the engine: reads of a model that extensions see, and transactions. */
import type { MakeClient } from '../../../src/database/clients/node-clients.ts';
import type { Statement } from '../../../src/servers/connection.ts';
import type { AdapterPool } from '../../../src/servers/driver.ts';
import type { ToyAdapter } from './toy-driver.ts';

type Asked = {
  readonly model: string;
  readonly operation: string;
  readonly args: unknown;
  readonly query: (args: unknown) => Promise<unknown>;
  readonly __internalParams: { readonly transaction?: unknown };
};
type Hook = (asked: Asked) => Promise<unknown>;
type Extension = { readonly query?: { readonly $allOperations?: Hook } } | ((client: ToyClient) => ToyClient);
type Named = { readonly name: string };

const read = (name: string): Statement => ({ sql: `SELECT ${name}`, rowsAsArray: true });

export class ToyTransaction {
  readonly #query: AdapterPool['query'];

  constructor(query: AdapterPool['query']) {
    this.#query = query;
  }

  async read(name: string): Promise<string | null> {
    return (await this.#query<[[string | null]]>(read(name)))[0][0];
  }

  async set(name: string, value: string): Promise<void> {
    await this.#query({ sql: `UPDATE ${name}`, rowsAsArray: true }, [value]);
  }
}

export class ToyClient {
  readonly #pool: AdapterPool;
  readonly #hooks: readonly Hook[];

  constructor(pool: AdapterPool, hooks: readonly Hook[] = []) {
    this.#pool = pool;
    this.#hooks = hooks;
  }

  $extends(extension: never): ToyClient {
    const given = extension as Extension;
    if (typeof given === 'function') return given(this);
    const hook = given.query?.$allOperations;
    return new ToyClient(this.#pool, hook === undefined ? this.#hooks : [...this.#hooks, hook]);
  }

  async $connect(): Promise<void> {}
  async $disconnect(): Promise<void> {}

  readonly note = {
    findUnique: async (args: Named): Promise<string | null> => {
      const run = async (given: unknown) =>
        (await this.#pool.query<[[string | null]]>(read((given as Named).name)))[0][0];
      const chain = this.#hooks.reduceRight<(given: unknown) => Promise<unknown>>(
        (query, hook) => async (given) =>
          hook({ model: 'note', operation: 'findUnique', args: given, query, __internalParams: {} }),
        run,
      );
      return (await chain(args)) as string | null;
    },
  };

  async $transaction<T>(work: (transaction: ToyTransaction) => Promise<T>): Promise<T> {
    const connection = await this.#pool.getConnection();
    try {
      await connection.query('BEGIN');
      try {
        const value = await work(new ToyTransaction((statement, values) => connection.query(statement, values)));
        await connection.query('COMMIT');
        return value;
      } catch (error) {
        await connection.query('ROLLBACK').catch(() => undefined);
        throw error;
      }
    } finally {
      await connection.release();
    }
  }
}

export const makeToyClient: MakeClient<ToyClient> = ({ adapter }) => new ToyClient((adapter as ToyAdapter).pool);
