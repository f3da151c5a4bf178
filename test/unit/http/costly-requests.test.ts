import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../../src/graphql/schema.ts';
import { startTinyServer } from './tiny-server.ts';

type Tiny = Awaited<ReturnType<typeof startTinyServer>>;
type Errors = readonly { message: string; extensions: { code: string } }[];

let tiny: Tiny;
let secretive: Tiny;
beforeAll(async () => {
  tiny = await startTinyServer({ schema });
  secretive = await startTinyServer({ schema, introspection: false });
});
afterAll(() => Promise.all([tiny.server.stop(), secretive.server.stop()]));

const filtered = 'query ($where: OrderFilter) { orders(where: $where) { totalCount } }';
const creating = 'mutation ($input: CreateOrderInput!) { createOrder(input: $input) { __typename } }';
const named = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`unknown${i}`, i]));
const repeat = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join(' ');
const nested = (depth: number) => {
  let value: unknown = 1;
  for (let i = 0; i < depth; i += 1) value = [value];
  return value;
};
/** Twice as large with each level. */
const doubled = (levels: number, leaf: string, type: string) =>
  repeat(levels, (i) => `fragment F${i} on ${type} { ${i === levels - 1 ? leaf : `...F${i + 1} ...F${i + 1}`} }`);

async function refusal(body: unknown, to = tiny): Promise<{ code: unknown; errors: Errors; bytes: number }> {
  const text = await (await to.post(body)).text();
  const { errors } = JSON.parse(text) as { errors: Errors };
  return { code: errors[0]?.extensions.code, errors, bytes: Buffer.byteLength(text) };
}

describe('a request that would cost too much', () => {
  it.each<[title: string, body: unknown, code: string]>([
    ['500 unknown fields', { query: filtered, variables: { where: named(500) } }, 'BAD_USER_INPUT'],
    ['a long name', { query: filtered, variables: { where: { ['x'.repeat(9000)]: 1 } } }, 'BAD_USER_INPUT'],
    ['500 wrong words', { query: filtered, variables: { where: { status: Array(500).fill('X') } } }, 'BAD_USER_INPUT'],
    [
      'a long wrong text',
      { query: filtered, variables: { where: { total: { min: 'x'.repeat(9000) } } } },
      'BAD_USER_INPUT',
    ],
    [
      'items without anything',
      { query: creating, variables: { input: { items: Array(900).fill({}) } } },
      'BAD_USER_INPUT',
    ],
    ['more values than any client needs', { query: filtered, variables: { where: named(5001) } }, 'BAD_REQUEST'],
    ['a list of them', { query: filtered, variables: { where: { numbers: Array(5001).fill('a') } } }, 'BAD_REQUEST'],
    ['unused values', { query: '{ __typename }', variables: named(5001) }, 'BAD_REQUEST'],
    ['lists in lists', { query: filtered, variables: { where: nested(40) } }, 'BAD_REQUEST'],
    ['a document of few long words', { query: `{ __typename } # ${'x'.repeat(32_768)}` }, 'QUERY_TOO_COMPLEX'],
    [
      '51 fragments',
      { query: `{ __typename } ${repeat(51, (i) => `fragment F${i} on Query { __typename }`)}` },
      'QUERY_TOO_COMPLEX',
    ],
    [
      'fragments that double',
      { query: `{ order(by: { number: "A" }) { ...F0 } } ${doubled(12, 'id', 'Order')}` },
      'QUERY_TOO_COMPLEX',
    ],
    [
      'doubled fields without a server',
      { query: `{ ...F0 } ${doubled(12, 'cluster { source }', 'Query')}` },
      'QUERY_TOO_COMPLEX',
    ],
    [
      'a doubled subscription',
      { query: `subscription { orderChanged { ...F0 } } ${doubled(12, 'kind', 'OrderChange')}` },
      'QUERY_TOO_COMPLEX',
    ],
    [
      'lists of a hundred',
      { query: `{ ${repeat(15, (i) => `a${i}: orders(first: 100) { nodes { id items { sku } } }`)} }` },
      'QUERY_TOO_COMPLEX',
    ],
    [
      'counts',
      {
        query: `{ ${repeat(15, (i) => `a${i}: orders(first: 100) { totalCount pageInfo { endCursor } nodes { id number version } }`)} }`,
      },
      'QUERY_TOO_COMPLEX',
    ],
    [
      'a number of rows in a variable',
      {
        query:
          'query ($n: Int) { a: orders(first: $n) { ...F } b: orders(first: $n) { ...F } c: orders(first: $n) { ...F } } fragment F on OrderConnection { nodes { items { sku name quantity unitPrice } } }',
        variables: { n: 100 },
      },
      'QUERY_TOO_COMPLEX',
    ],
  ])('is refused with few short errors: %s', async (_, body, code) => {
    const { code: given, errors, bytes } = await refusal(body);
    expect(given).toBe(code);
    expect(errors.length).toBeLessThanOrEqual(10);
    expect(bytes).toBeLessThanOrEqual(65_536);
    for (const { message } of errors) expect(message.length).toBeLessThanOrEqual(501);
  });

  it('is not taken for one when it is ordinary', async () => {
    const { errors } = await refusal({
      query: `{ orders(first: 100) { nodes { id number status items { sku } } totalCount } }`,
    });
    // It would be read now: here nobody is there to read from.
    expect(errors.map(({ extensions }) => extensions.code)).not.toContain('QUERY_TOO_COMPLEX');
  });
});

describe('what is wrong with an input', () => {
  it('does not tell names of a schema that is a secret', async () => {
    for (const body of [
      { query: filtered, variables: { where: { statu: ['PAID'] } } },
      { query: filtered, variables: { where: { status: ['PAI'] } } },
      { query: '{ ordr { id } }' },
      { query: '{ order(by: { idd: "1" }) { id } }' },
      { query: '{ orders(frst: 1) { totalCount } }' },
      { query: 'query ($x: OrderFiltr) { orders(where: $x) { totalCount } }' },
    ]) {
      expect(JSON.stringify(await refusal(body, tiny))).toContain('Did you mean');
      expect(JSON.stringify(await refusal(body, secretive))).not.toContain('Did you mean');
    }
  });

  it('is said of the first ten', async () => {
    const { errors } = await refusal({ query: filtered, variables: { where: named(50) } });
    expect(errors).toHaveLength(10);
    expect(errors[9]?.message).toContain('unknown9');
  });
});
