import { validate } from 'graphql';
import { createSchema, createYoga, type Plugin } from 'graphql-yoga';
import { describe, expect, it } from 'vitest';
import { useDocumentCache } from '../../../src/graphql/plugins/use-document-cache.ts';

function server(limits: { longest: number; all: number }) {
  let validated = 0;
  const counting: Plugin = {
    onValidate({ setValidationFn }) {
      setValidationFn((...given: Parameters<typeof validate>) => {
        validated += 1;
        return validate(...given);
      });
    },
  };
  const yoga = createYoga({
    schema: createSchema({ typeDefs: 'type Query { name: String }', resolvers: { Query: { name: () => 'tide' } } }),
    parserAndValidationCache: false,
    logging: false,
    plugins: [useDocumentCache(limits), counting],
  });
  const ask = async (query: string) => {
    const before = validated;
    const body = JSON.stringify({ query });
    const response = await yoga.fetch('http://127.0.0.1/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    return { answer: await response.json(), validated: validated > before };
  };
  return { ask };
}

describe('documents that are kept', () => {
  it('are parsed and validated once', async () => {
    const { ask } = server({ longest: 100, all: 1000 });
    expect(await ask('{ name }')).toEqual({ answer: { data: { name: 'tide' } }, validated: true });
    expect(await ask('{ name }')).toEqual({ answer: { data: { name: 'tide' } }, validated: false });
  });

  it('are valid ones', async () => {
    const { ask } = server({ longest: 100, all: 1000 });
    for (const _ of [1, 2]) {
      const { answer, validated } = await ask('{ game }');
      expect(answer.errors).toHaveLength(1);
      expect(validated).toBe(true);
    }
  });

  it('are not long', async () => {
    const { ask } = server({ longest: 100, all: 1000 });
    const long = `{ name }${' '.repeat(100)}`;
    expect((await ask(long)).validated).toBe(true);
    expect((await ask(long)).validated).toBe(true);
  });

  it('are few when they are long: the ones not asked for go first', async () => {
    const { ask } = server({ longest: 100, all: 250 });
    const documents = [1, 2, 3].map((index) => `query Q${index} { name }`.padEnd(100));
    const [first = '', second = '', third = ''] = documents;
    for (const document of documents) expect((await ask(document)).validated).toBe(true);
    expect((await ask(third)).validated).toBe(false);
    expect((await ask(second)).validated).toBe(false);
    expect((await ask(first)).validated).toBe(true);
  });
});
