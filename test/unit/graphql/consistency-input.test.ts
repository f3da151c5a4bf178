import { buildSchema, GraphQLSchema, getOperationAST, type OperationDefinitionNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  cookieIn,
  cursorsIn,
  needsDatabase,
  type OperationInput,
  rawConsistencyRequest,
} from '../../../src/graphql/consistency/consistency-input.ts';
import { schema as served } from '../../../src/graphql/schema.ts';

const fields = buildSchema(`
  type Query { orders(after: String, before: String, first: Int): Page  page: Page }
  type Page { orders(after: String, before: String): Page  name: String }
  type Mutation { create(after: String): String }
`);
const directives = served.getDirectives().filter(({ name }) => name === 'consistency');
const schema = new GraphQLSchema({ ...fields.toConfig(), directives });

function input(
  text: string,
  given: { variables?: object; headers?: Record<string, string>; name?: string } = {},
): OperationInput {
  const document = parse(text);
  const operation = getOperationAST(document, given.name) as OperationDefinitionNode;
  const request = new Request('http://127.0.0.1/graphql', { headers: given.headers ?? {} });
  return { request, schema, document, operation, variables: { ...given.variables } };
}
const names = { own: 'tidemark_orders_0a', before: 'tidemark_orders' };
const directive = (text: string, variables: object = {}) =>
  rawConsistencyRequest(input(text, { variables }), names).directive;

describe('what a client sends about consistency', () => {
  it('is nothing when it sends nothing', () => {
    expect(rawConsistencyRequest(input('{ page { name } }'), names)).toEqual({
      headers: { token: null, level: null, whenBehind: null, waitMs: null, maxStalenessMs: null },
      directive: {},
      cookieToken: null,
    });
  });

  it('is read from headers and its own cookie', () => {
    const headers = {
      'x-consistency-token': 't1',
      'x-consistency-level': 'strong',
      'x-consistency-when-behind': 'fail',
      'x-consistency-wait-ms': '7',
      'x-consistency-max-staleness-ms': '9',
      cookie: 'a=1; tidemark_other=t3; tidemark_orders=t4; tidemark_orders_0a=t2',
    };
    expect(rawConsistencyRequest(input('{ page { name } }', { headers }), names)).toEqual({
      headers: { token: 't1', level: 'strong', whenBehind: 'fail', waitMs: '7', maxStalenessMs: '9' },
      directive: {},
      cookieToken: 't2',
    });
  });

  it.each([
    ['its own cookie', names, 'tidemark_orders=1; tidemark_orders_0a=2; tidemark_orders_0b=3', '2'],
    ['that of an older version while it has none', names, 'tidemark_orders=1; tidemark_orders_0b=3', '1'],
    ['no other', names, 'tidemark_orders_0b=3; tidemark=4', null],
    [
      'all that may be its own while that is not known',
      { ...names, own: null },
      'x=0; tidemark_orders=1; tidemark_orders_0b=3',
      '1,3',
    ],
    ['none then where there is none', { ...names, own: null }, 'x=0; tidemark_other_0b=3', null],
    ['none without cookies', { ...names, own: null }, '', null],
  ])('is read from %s', (_, known, cookie, token) => {
    const { cookieToken } = rawConsistencyRequest(input('{ page { name } }', { headers: { cookie } }), known);
    expect(cookieToken).toBe(token);
  });

  it('is read from the directive of the operation', () => {
    const text =
      'query @consistency(token: "t", level: BOUNDED, whenBehind: BYPASS, waitMs: 7, maxStalenessMs: 9) { page { name } }';
    expect(directive(text)).toEqual({
      token: 't',
      level: 'BOUNDED',
      whenBehind: 'BYPASS',
      waitMs: 7,
      maxStalenessMs: 9,
    });
  });

  it('is read from variables as resolvers see them, with their defaults', () => {
    const text =
      'query ($t: String = "from default", $l: ConsistencyLevel) @consistency(token: $t, level: $l) { page { name } }';
    expect(directive(text)).toEqual({ token: 'from default' });
    expect(directive(text, { t: 'sent', l: 'STRONG' })).toEqual({ token: 'sent', level: 'STRONG' });
  });

  it('is left to the execution to refuse when a variable is of the wrong type', () => {
    const text = 'query ($l: ConsistencyLevel) @consistency(level: $l) { page { name } }';
    expect(directive(text, { l: 5 })).toEqual({});
  });
});

describe('the cursors of an operation', () => {
  it.each([
    ['{ orders(first: 1) { name } }', {}, []],
    ['{ orders(after: "a") { name } }', {}, ['a']],
    ['{ orders(after: null) { name } }', {}, []],
    ['{ orders(after: "a") { orders(before: "b") { name } } }', {}, ['a', 'b']],
    ['query ($c: String) { orders(after: $c) { name } }', { c: 'v' }, ['v']],
    ['query ($c: String) { orders(after: $c) { name } }', {}, []],
    ['query ($c: String = "d") { orders(after: $c) { name } }', {}, ['d']],
    ['query ($c: String = "d") { orders(after: $c) { name } }', { c: null }, []],
    ['{ ...F } fragment F on Query { orders(after: "in a fragment") { name } }', {}, ['in a fragment']],
    ['{ page { ...F } } fragment F on Page { orders(before: "b") { name } }', {}, ['b']],
  ])('%s with %j are %j', (text, variables, expected) => {
    expect(cursorsIn(input(text, { variables }))).toEqual(expected);
  });

  it('are those of the operation that runs', () => {
    const text = 'query A { orders(after: "a") { name } } query B { orders(after: "b") { name } }';
    expect(cursorsIn(input(text, { name: 'B' }))).toEqual(['b']);
  });

  it('are found again when the same document comes with other variables', () => {
    const text = 'query ($c: String) { orders(after: $c) { name } }';
    const first = input(text, { variables: { c: 'one' } });
    expect(cursorsIn(first)).toEqual(['one']);
    expect(cursorsIn({ ...first, variables: { c: 'two' } })).toEqual(['two']);
  });
});

describe('a cookie', () => {
  it.each([
    [null, null],
    ['', null],
    ['t=1', '1'],
    ['a=1; t=2', '2'],
    ['a=1;t=2', '2'],
    ['t = spaced ', 'spaced'],
    ['tt=1', null],
    ['t', null],
    ['=t', null],
    ['t=with=equals', 'with=equals'],
    ['t=narrow; t=wide', 'narrow'],
  ])('in %j is %j', (header, expected) => expect(cookieIn(header, 't')).toBe(expected));
});

describe('an operation needs a server', () => {
  it.each([
    ['{ __typename }', false],
    ['{ __schema { types { name } } a: __typename }', false],
    ['{ __typename orderCounts { total } }', true],
    ['{ orderCounts { total } }', true],
    ['{ ...F } fragment F on Query { __typename }', false],
    ['{ ...F } fragment F on Query { __typename orderCounts { total } }', true],
    ['{ cluster { epoch } }', false],
    ['{ mine: cluster { epoch } __typename }', false],
    ['{ cluster: order(by: { number: "1" }) { id } }', true],
    ['{ ... on Query { cluster { epoch } } }', false],
    ['{ ...F } fragment F on Query { ...G } fragment G on Query { cluster { epoch } }', false],
    ['{ cluster { epoch } routingLog { reason } }', false],
    ['{ cluster { epoch } orderCounts { total } }', true],
    ['mutation { deleteOrder }', true],
    ['mutation { cancelJob }', false],
    ['mutation { cluster }', true],
    ['{ nothingOfThatName }', true],
  ])('%s: %s', (text, expected) => expect(needsDatabase({ ...input(text), schema: served })).toBe(expected));
});
