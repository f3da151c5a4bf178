import { type GraphQLError, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { documentFault } from '../../../src/graphql/limits/document-fault.ts';
import { useLimits } from '../../../src/graphql/plugins/use-limits.ts';
import { schema } from '../../../src/graphql/schema.ts';

const limits = { maxDepth: 12, maxAliases: 15, maxDirectives: 5, maxTokens: 1500, maxCost: 5000 };
const repeat = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');

/** What is told of a document that GraphQL itself has validated. */
function told(document: string): readonly GraphQLError[] {
  let errors = validate(schema, parse(document));
  const validated = useLimits(limits).onValidate?.({ addValidationRule: () => undefined } as never);
  if (typeof validated !== 'function') throw new Error('nothing is done after validation');
  const setResult = (result: readonly GraphQLError[]) => {
    errors = result;
  };
  validated({ result: errors, setResult } as never);
  return errors;
}

describe('a document that validation gives up', () => {
  it.each([
    ['compares too much', `{ ${repeat(1400, () => '__typename')} }`, /too expensive to validate/, 1],
    ['has too many faults', `{ ${repeat(101, (i) => `unknown${i}`)} }`, /more than 100 faults/, 101],
  ])('is too complex, in words that say why: it %s', (_, document, words, count) => {
    const [first, ...others] = told(document);
    expect(first?.message).toMatch(words);
    expect(first?.extensions).toEqual({ code: 'QUERY_TOO_COMPLEX' });
    expect(others).toHaveLength(count - 1);
    for (const { message } of others) expect(message).toMatch(/^Cannot query field/);
  });

  it('is told apart from one with faults', () => {
    expect(told('{ unknown }').map(({ message }) => message)).toEqual([
      'Cannot query field "unknown" on type "Query".',
    ]);
    expect(told('{ __typename }')).toEqual([]);
  });
});

describe('a document', () => {
  it.each([
    ['50 fragments', repeat(50, (i) => `fragment F${i} on Query { __typename }`), null],
    ['51 fragments', repeat(51, (i) => `fragment F${i} on Query { __typename }`), 'has 51 fragments'],
    ['a field a hundred times', `{ ${repeat(100, () => 'a')} }`, null],
    ['a field 101 times', `{ ${repeat(101, () => 'a')} }`, '`a` 101 times'],
    [
      'it in fragments, too',
      `{ ${repeat(60, () => 'a')} } fragment F on Query { ... { ${repeat(60, () => 'b { a }')} } }`,
      '`a` 120',
    ],
    ['it by another name', `{ ${repeat(60, () => 'a')} ${repeat(60, () => 'a: b')} }`, '`a` 120 times'],
    ['it under other names', `{ ${repeat(99, (i) => `a${i}: a`)} a a }`, null],
  ])('with %s is validated only when it may be', (_, document, fault) => {
    if (fault === null) expect(documentFault(parse(document))).toBeNull();
    else expect(documentFault(parse(document))).toContain(fault);
  });
});
