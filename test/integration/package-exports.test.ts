import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { splitStatements } from '../../src/servers/mysql-family/split-statements.ts';
import { type Library, lend, lookUp, openLibrary } from '../examples/books/library.ts';
import { caughtUp } from '../support/engine.ts';
import { startTestCluster, type TestCluster } from '../support/test-cluster.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tables = fileURLToPath(new URL('../examples/books/tables.sql', import.meta.url));

async function run(command: string, ...given: string[]): Promise<string> {
  // What was built, not the sources that the project's own tsconfig names.
  const env = { ...process.env, TSX_TSCONFIG_PATH: 'test/examples/tsconfig.json' };
  const { stdout } = await promisify(execFile)(command, given, { cwd: root, env });
  return stdout;
}

beforeAll(async () => {
  await run('npm', 'run', '-s', 'build:exports');
});

describe('the package', () => {
  it.each([
    ['tidemark/client', 'TokenStore tokenFetch shareAcrossTabs consistencyHeaders withRetries withIdempotencyKey'],
    ['tidemark/client/urql', 'tokenExchange'],
    ['tidemark/client/apollo', 'tokenLink'],
    ['tidemark/client/graphql-request', 'tokenMiddleware'],
    ['tidemark/prisma', 'openPrismaEngine ReplicatedDatabase CapturingPool healthGating mirroring Cluster'],
  ])('offers %s to Node', async (entry, names) => {
    const code = `import * as all from '${entry}'; console.log(${JSON.stringify(names.split(' '))}.filter((name) => typeof all[name] !== 'function').join())`;
    expect((await run(process.execPath, '--input-type=module', '--eval', code)).trim()).toBe('');
  });

  it('has types for those who install it, of every example', async () => {
    await expect(run('node_modules/.bin/tsc', '--noEmit', '-p', 'test/examples')).resolves.toBe('');
  });
});

// Whatever is written reaches the replica a minute later.
describe('the engine with another program’s models', () => {
  let cluster: TestCluster;
  let library: Library;

  beforeAll(async () => {
    cluster = await startTestCluster({ replicas: 1 });
    const admin = await cluster.admin('source');
    for (const statement of splitStatements(await readFile(tables, 'utf8'))) await admin.query(statement);
    await admin.end();
    await caughtUp(cluster, 'replica-1');
    await cluster.setDelay('replica-1', 60);
    library = await openLibrary({ ...cluster.urls(), secret: 'a secret of at least 32 characters' });
  });
  afterAll(async () => {
    await library.stop();
    await cluster.stop();
  });

  it('runs as a program', async () => {
    const { source, replicas } = cluster.urls();
    const printed = await run(process.execPath, '--import', 'tsx', 'test/examples/books/run.ts', source, ...replicas);
    expect(printed).toMatch(/^with the token: 1 loans, from source, source-\S+$/m);
    expect(printed).toMatch(/^without: no book, loans, from replica-1, any-replica$/m);
  });

  it('reads what was written, in every round', async () => {
    const isbn = '9780131103627';
    await library.write((tx) => tx.book.create({ data: { isbn, title: 'The C Programming Language', copies: 20 } }));
    for (let round = 1; round <= 20; round += 1) {
      const { token } = await lend(library, isbn, `reader ${round}`, []);
      const { value, token: next } = await lookUp(library, isbn, [String(token)]);
      expect(value?.copies).toBe(20 - round);
      expect(value?.loans).toHaveLength(round);
      expect(next).not.toBeNull();
    }
    await expect(lend(library, isbn, 'too late', [])).rejects.toThrow('No copy');
  });

  it('asks with SQL where the session reads, and nowhere else', async () => {
    const serverOf = async (level: 'EVENTUAL' | 'STRONG') => {
      const { value, decision } = await library.read(
        async (client) => [
          ...(await client.$queryRaw<{ id: bigint }[]>`SELECT @@server_id + ${0} AS id`),
          ...(await client.$queryRawUnsafe<{ id: bigint }[]>('SELECT @@server_id + ? AS id', 0)),
        ],
        { level },
      );
      return { node: decision?.node, ids: value.map(({ id }) => Number(id)) };
    };
    const replica = await serverOf('EVENTUAL');
    const source = await serverOf('STRONG');
    expect([replica.node, source.node]).toEqual(['replica-1', 'source']);
    expect(new Set(replica.ids).size).toBe(1);
    expect(new Set(source.ids).size).toBe(1);
    expect(source.ids[0]).not.toBe(replica.ids[0]);
  });

  type Reader = Parameters<Parameters<Library['read']>[0]>[0];
  const book = { isbn: '9780262033848', title: 'Introduction to Algorithms', copies: 1 };
  it.each<[string, (client: Reader) => Promise<unknown>]>([
    ['a row that is made', (client) => client.book.create({ data: book })],
    ['rows that are changed', (client) => client.book.updateMany({ data: { copies: 0 } })],
    ['a statement', (client) => client.$executeRaw`INSERT INTO books (isbn) VALUES ('1')`],
    ['a statement as text', (client) => client.$executeRawUnsafe('DELETE FROM books')],
    ['a transaction that reads', (client) => client.$transaction((tx) => tx.book.findMany())],
    ['a transaction that asks with SQL', (client) => client.$transaction((tx) => tx.$queryRaw`SELECT 1`)],
    ['reads as one transaction', (client) => client.$transaction([client.book.findMany(), client.loan.findMany()])],
  ])('refuses %s in a read, and sends nothing', async (_, work) => {
    const everything = () => library.read((client) => client.book.findMany(), { level: 'STRONG' });
    const { value: before } = await everything();
    await expect(library.read(work)).rejects.toMatchObject({ code: 'NOT_A_READ', retryable: false });
    expect((await everything()).value).toEqual(before);
  });

  it('refuses what it did not hand out', async () => {
    await expect(lookUp(library, 'any', ['made up'])).rejects.toMatchObject({ code: 'INVALID_CONSISTENCY_TOKEN' });
    await expect(openLibrary({ source: 'nowhere', replicas: [], secret: 'x'.repeat(32) })).rejects.toMatchObject({
      code: 'BAD_SERVER_URL',
    });
  });
});
