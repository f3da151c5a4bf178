import { getOperationAST, type OperationDefinitionNode, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { type CommonReads, commonOrderReads } from '../../../src/graphql/orders/common-order-reads.ts';
import { schema } from '../../../src/graphql/schema.ts';

function readsOf(text: string, variables: Readonly<Record<string, unknown>> = {}): readonly string[] | null {
  return commonReadsOf(text, variables)?.names ?? null;
}

function commonReadsOf(text: string, variables: Readonly<Record<string, unknown>> = {}): CommonReads | null {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const operation = getOperationAST(document) as OperationDefinitionNode;
  return commonOrderReads({ request: new Request('http://127.0.0.1'), schema, document, operation, variables });
}

const page = 'page 20 CREATED_AT-DESC any any any';

describe('what an operation will read', () => {
  it.each([
    ['a page', '{ orders { nodes { id } } }', [page]],
    ['edges are a page', '{ orders(first: 20) { edges { cursor } } }', [page]],
    ['its ends are the page', '{ orders { pageInfo { hasNextPage } } }', [page]],
    ['items are more', '{ orders { nodes { items { sku } } } }', [`${page} items`]],
    ['a count', '{ orders { totalCount } }', ['count any any any']],
    [
      'counts by their filters',
      '{ orderCounts { pending missingCharge } }',
      ['count PENDING any any', 'count any true any'],
    ],
    ['the same count once', '{ orderCounts { total } orders { totalCount } }', ['count any any any']],
    ['beside what needs no server', '{ __typename cluster { source } orders { nodes { id } } }', [page]],
    [
      'through fragments',
      '{ ...A } fragment A on Query { orders { ...B } } fragment B on OrderConnection { nodes { id } }',
      [page],
    ],
    [
      'two lists',
      '{ a: orders { totalCount } b: orders(where: { missingCharge: true }) { totalCount } }',
      ['count any any any', 'count any true any'],
    ],
  ])('%s', (_, text, reads) => {
    expect(readsOf(text)).toEqual(reads);
  });

  it('follows variables, their defaults, and what is skipped', () => {
    const text = `query ($size: Int = 50, $where: OrderFilter, $order: OrderSort!, $items: Boolean!) {
      orders(first: $size, where: $where, orderBy: $order) { nodes { id items @include(if: $items) { sku } } totalCount @skip(if: true) }
    }`;
    const given = { order: { field: 'TOTAL' }, items: false, where: { status: ['PAID'], userId: null } };
    expect(readsOf(text, given)).toEqual(['page 50 TOTAL-ASC PAID any any']);
    expect(readsOf(text, { ...given, size: 10, items: true })).toEqual(['page 10 TOTAL-ASC PAID any any items']);
  });

  it.each([
    ['anything else beside it', '{ orders { nodes { id } } order(by: { number: "T-1" }) { id } }'],
    ['one order', '{ order(by: { number: "T-1" }) { id } }'],
    ['nothing', '{ __typename }'],
    ['one user’s list', '{ orders(where: { userId: "1" }) { nodes { id } } }'],
    ['a list with a count of its own', '{ orders(where: { numbers: ["T-1"] }) { totalCount } }'],
    ['arguments that will be refused', '{ orders(first: 20, last: 20) { nodes { id } } }'],
    ['a cursor that will be refused', '{ orders(after: "x") { nodes { id } } }'],
  ])('is not common with %s', (_, text) => {
    expect(readsOf(text)).toBeNull();
  });

  it.each([
    ['alone', '{ __typename orders { nodes { id } } orderCounts { total } }', true],
    ['not alone beside what changes by itself', '{ orders { nodes { id } } cluster { source } }', false],
    [
      'not alone beside it in a fragment',
      '{ orders { totalCount } ...A } fragment A on Query { cluster { source } }',
      false,
    ],
  ])('says whether they are all there is: %s', (_, text, alone) => {
    expect(commonReadsOf(text)?.alone).toBe(alone);
  });

  it('is the same object for the same operation and variables', () => {
    const document = parse('query ($size: Int) { orders(first: $size) { nodes { id } } }');
    const operation = getOperationAST(document) as OperationDefinitionNode;
    const readsWith = (variables: Readonly<Record<string, unknown>>) =>
      commonOrderReads({ request: new Request('http://127.0.0.1'), schema, document, operation, variables });
    expect(readsWith({ size: 10 })).toBe(readsWith({ size: 10 }));
    expect(readsWith({ size: 10, other: 'x' })).toBe(readsWith({ size: 10 }));
    expect(readsWith({ size: null })).not.toBe(readsWith({}));
    expect(readsWith({ size: 20 })?.names).not.toEqual(readsWith({ size: 10 })?.names);
  });

  it('accepts variables that are not worth caching', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    const text = 'query ($where: OrderFilter) { orders(where: $where) { nodes { id } } }';
    expect(readsOf(text, { undeclared: deep })).toEqual([page]);
    for (const where of [deep, { userId: deep }, { userId: 'x'.repeat(100_000) }])
      expect(() => readsOf(text, { where })).not.toThrow();
  });

  it('is not common when it is a collection', () => {
    const lists = [5, 10, 20, 25, 50].map((size) => `a${size}: orders(first: ${size}) { nodes { id } }`);
    const text = `{ ${lists.join(' ')} orderCounts { pending missingCharge missingProcessedAt total } }`;
    expect(readsOf(text)).toBeNull();
  });
});
