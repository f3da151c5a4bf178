import { readFileSync } from 'node:fs';
import { buildSchema, getOperationAST, type OperationDefinitionNode, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { fieldWeights } from '../../../src/graphql/limits/field-weights.ts';
import { isHeavy } from '../../../src/graphql/limits/heavy-operation.ts';
import { costOf } from '../../../src/graphql/limits/operation-cost.ts';

const read = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
const schema = buildSchema(read('schema.graphql'));
const bodies = [...read('README.md').matchAll(/-d '([^']+)'/g)].map(([, body = '']) => body);

describe('what the README sends to the API', () => {
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
