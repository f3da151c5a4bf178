import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';

const read = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
const schema = buildSchema(read('schema.graphql'));
const bodies = [...read('README.md').matchAll(/-d '([^']+)'/g)].map(([, body = '']) => body);

describe('what the README sends to the API', () => {
  it('is there', () => {
    expect(bodies.length).toBeGreaterThanOrEqual(2);
  });

  it.each(bodies)('is JSON, and a valid operation: %s', (body) => {
    const { query } = JSON.parse(body) as { query: string };
    expect(validate(schema, parse(query))).toEqual([]);
  });
});
