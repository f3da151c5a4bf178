import { getOperationAST, type OperationDefinitionNode, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { fieldWeights } from '../../../src/graphql/limits/field-weights.ts';
import { isHeavy } from '../../../src/graphql/limits/heavy-operation.ts';
import { costOf, type OperationCost } from '../../../src/graphql/limits/operation-cost.ts';
import { schema } from '../../../src/graphql/schema.ts';

function cost(text: string, variables: Readonly<Record<string, unknown>> = {}): OperationCost {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const operation = getOperationAST(document) as OperationDefinitionNode;
  return costOf({ schema, document, operation, variables }, fieldWeights);
}
const points = (text: string, variables = {}) => cost(text, variables).points;

describe('what an operation costs', () => {
  it.each([
    ['a plain field', '{ cluster { source } }', 2],
    ['the name of a type', '{ __typename }', 0],
    ['one order', '{ order(by: { number: "A" }) { id status } }', 3],
    ['its items, four of them', '{ order(by: { number: "A" }) { items { sku name } } }', 10],
    ['a page of twenty', '{ orders { nodes { id number } } }', 5 + 1 + 20 * 2],
    ['a page of a hundred', '{ orders(first: 100) { nodes { id number } } }', 5 + 1 + 100 * 2],
    ['the last hundred', '{ orders(last: 100) { edges { cursor node { id } } } }', 5 + 1 + 100 * 3],
    ['rows and what comes once', '{ orders(first: 10) { nodes { id } pageInfo { endCursor } } }', 5 + 1 + 10 + 2],
    ['a count, whatever the page', '{ orders(first: 100) { totalCount } }', 5 + 50],
    ['four counts', '{ orderCounts { total pending missingCharge missingProcessedAt } }', 1 + 4 * 50],
    ['more rows than a page may have: the page says so', '{ orders(first: 5000) { nodes { id } } }', 5 + 1 + 100],
    ['no number of rows', '{ orders(first: null) { nodes { id } } }', 5 + 1 + 20],
    ['a log of routed operations, as long as it may be', '{ routingLog(last: 1000) { name node } }', 1 + 700],
    ['a log of events', '{ clusterEventLog(last: 200) { name facts { name } } }', 1 + 70 * (1 + 1 + 4)],
    ['ids', '{ nodes(ids: ["a", "b", "c"]) { id } }', 5 + 3],
    ['an alias is a field of its own', '{ a: orderCounts { total } b: orderCounts { total } }', 2 * 51],
  ])('%s', (_, text, expected) => {
    expect(points(text)).toBe(expected);
  });

  it('takes numbers of rows from variables and their defaults', () => {
    const text = 'query ($n: Int = 50) { orders(first: $n) { nodes { id } } }';
    expect(points(text, { n: 7 })).toBe(5 + 1 + 7);
    expect(points(text, { n: 50 })).toBe(5 + 1 + 50);
    expect(points('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: Array(40).fill('a') })).toBe(5 + 40);
  });

  it('counts a fragment as often as it is spread, with the rows of where it is spread', () => {
    const text = `{ a: orders(first: 10) { ...F } b: orders(first: 100) { ...F } } fragment F on OrderConnection { nodes { id } }`;
    expect(points(text)).toBe(5 + 1 + 10 + (5 + 1 + 100));
  });

  it('writes fragments out without walking through each of them', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const next = level === 11 ? 'id' : `...F${level + 1} ...F${level + 1}`;
      return `fragment F${level} on Order { ${next} }`;
    });
    const { size } = cost(`{ order(by: { number: "A" }) { ...F0 } } ${levels.join(' ')}`);
    expect(size).toBeGreaterThan(4000);
  });

  it('takes a document whose fragments go in circles for endless', () => {
    const document = parse('{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }');
    const operation = getOperationAST(document) as OperationDefinitionNode;
    expect(costOf({ schema, document, operation, variables: {} }, fieldWeights).points).toBe(Number.POSITIVE_INFINITY);
  });

  it('knows what it may be where orders have as many items as they may', () => {
    const { points: usual, maxPoints } = cost('{ order(by: { number: "A" }) { items { sku name } number } }');
    expect([usual, maxPoints]).toEqual([1 + 1 + 4 * 2 + 1, 1 + 1 + 50 * 2 + 1]);
    expect(cost('{ orders { nodes { id } } }').maxPoints).toBe(5 + 1 + 20);
  });

  it('counts every command for more than a field', () => {
    for (const name of Object.keys(schema.getMutationType()?.getFields() ?? {})) {
      expect([name, fieldWeights[`Mutation.${name}`]?.own]).toEqual([name, 20]);
    }
  });

  it('takes for heavy what is so only where orders have many items', () => {
    const items = (times: number) =>
      `{ order(by: { number: "A" }) { ${Array.from({ length: times }, (_, i) => `a${i}: items { sku name quantity }`).join(' ')} } }`;
    expect([isHeavy(cost(items(1))), isHeavy(cost(items(15)))]).toEqual([false, false]);
    const page = '{ orders { nodes { items { sku name quantity unitPrice } } } }';
    expect([cost(page).points < 500, isHeavy(cost(page))]).toEqual([true, true]);
  });

  it('names only fields that there are', () => {
    for (const name of Object.keys(fieldWeights)) {
      const [type = '', field = ''] = name.split('.');
      const known = schema.getType(type);
      expect(known && 'getFields' in known && field in known.getFields(), name).toBe(true);
    }
  });
});
