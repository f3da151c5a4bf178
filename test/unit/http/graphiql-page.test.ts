import { parse, validate } from 'graphql';
import { expect, it } from 'vitest';
import { defaultQuery } from '../../../src/graphql/graphiql-page.ts';
import { schema } from '../../../src/graphql/schema.ts';

it('the query that GraphiQL opens with is one that the schema answers', () => {
  expect(validate(schema, parse(defaultQuery)).map(({ message }) => message)).toEqual([]);
});
