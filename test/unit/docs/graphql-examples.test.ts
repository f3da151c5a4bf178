import { buildSchema, getOperationAST, type OperationDefinitionNode, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { fieldWeights } from '../../../src/graphql/limits/field-weights.ts';
import { isHeavy } from '../../../src/graphql/limits/heavy-operation.ts';
import { costOf } from '../../../src/graphql/limits/operation-cost.ts';
import { documents, read } from './documents.ts';

const schema = buildSchema(read('schema.graphql'));

describe('what the README sends to the API', () => {
  const bodies = [...read('README.md').matchAll(/-d '([^']+)'/g)].map(([, body = '']) => body);

  it('is there', () => {
    expect(bodies.length).toBeGreaterThanOrEqual(2);
  });

  it.each(bodies)('is JSON, and a valid operation: %s', (body) => {
    const { query } = JSON.parse(body) as { query: string };
    const document = parse(query);
    expect(validate(schema, document)).toEqual([]);
    const operation = getOperationAST(document) as OperationDefinitionNode;
    expect(isHeavy(costOf({ schema, document, operation, variables: {} }, fieldWeights))).toBe(false);
  });
});

describe('an operation that a document shows', () => {
  const blocks = documents.flatMap((path) =>
    [...read(path).matchAll(/```graphql\n(.*?)```/gs)].map(([, block = '']) => [path, block.trim()] as const),
  );
  // A block may hold several operations, one a line.
  const operations = blocks.flatMap(([path, block]) =>
    block.split('\n').map((operation) => [path, operation] as const),
  );

  it('is there', () => {
    expect(operations.length).toBeGreaterThanOrEqual(8);
  });

  it.each(operations)('is valid, in %s: %s', (_, operation) => {
    expect(validate(schema, parse(operation))).toEqual([]);
  });
});
