import { gunzipSync } from 'node:zlib';
import { parse, validate } from 'graphql';
import { expect, it } from 'vitest';
import { createGraphiqlPage, defaultQuery } from '../../../src/graphql/graphiql-page.ts';
import { schema } from '../../../src/graphql/schema.ts';

it('the query that GraphiQL opens with is one that the schema answers', () => {
  expect(validate(schema, parse(defaultQuery)).map(({ message }) => message)).toEqual([]);
});

it('what it says first fits into half a window, and names headers to try', () => {
  const said = defaultQuery.split('\n').filter((line) => line.startsWith('#'));
  expect(said.filter((line) => line.length > 60)).toEqual([]);
  expect(said.join('\n')).toContain('x-consistency-level');
});

it('GraphiQL leads back to the page and wears its theme, below any prefix', async () => {
  const html = gunzipSync((await createGraphiqlPage()()).gzipped).toString();
  expect(html).toMatch(/<a href="\.\/"[^>]*>Orders page<\/a>/);
  expect(html).toContain("localStorage.getItem('tidemark-theme')");
});
