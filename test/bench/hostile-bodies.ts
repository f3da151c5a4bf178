/**
 * Bodies that the API takes in and refuses, one of each bad shape, as large as its limits let them come: what they cost until
 * then is for the bench `refusal-cost`.
 */
export type HostileBody = {
  readonly name: string;
  readonly body: string;
  /** Code of the first error; of a refusal that is data, without an error, its own. */
  readonly code: string;
};

type Refused = {
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
  readonly data?: Readonly<Record<string, { readonly code?: string } | null>> | null;
};

/** Why a body was refused, as its answer says; `undefined` when it was not. */
export function refusalCodeOf(answer: string): string | undefined {
  const { errors, data } = JSON.parse(answer) as Refused;
  return errors === undefined ? Object.values(data ?? {})[0]?.code : errors[0]?.extensions.code;
}

const repeat = (count: number, part: (index: number) => string, between = ' ') =>
  Array.from({ length: count }, (_, index) => part(index)).join(between);
const named = (count: number, value: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`unknown${index}`, value]));
const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);

const filtered = 'query ($where: OrderFilter) { orders(where: $where) { totalCount } }';
const creating = 'mutation ($input: CreateOrderInput!) { createOrder(input: $input) { __typename } }';
const paged = 'query ($n: Int) { orders(first: $n) { totalCount } }';
const ofVariables = (query: string, variables: string) => `{"query":${JSON.stringify(query)},"variables":${variables}}`;

const given = (name: string, query: string, variables: object, code: string): HostileBody => ({
  name,
  body: JSON.stringify({ query, variables }),
  code,
});
const asked = (name: string, query: string, code: string): HostileBody => given(name, query, {}, code);
const tooComplex = (name: string, query: string) => asked(name, query, 'QUERY_TOO_COMPLEX');
/** The same command so often, in one operation; what is wrong with its input is data. */
const refusedTimes = (times: number, command: string, type: string, input: object): HostileBody => ({
  name: `${times} times ${command} with an input that is wrong throughout`,
  body: JSON.stringify({
    query: `mutation ($i: ${type}!) { ${repeat(times, (i) => `a${i}: ${command}(input: $i) { ${faultsOfInput} }`)} }`,
    variables: { i: input },
  }),
  code: 'INVALID_INPUT',
});
const faultsOfInput = '... on UserError { code message path } ... on InvalidInputError { faults { path message } }';
const invalid = (name: string, query: string) => asked(name, query, 'GRAPHQL_VALIDATION_FAILED');

/** Each fragment spreads all that come behind it. */
const fragmentsOfFragments = (count: number) =>
  repeat(
    count,
    (i) => `fragment F${i} on Query { __typename ${repeat(Math.min(count - i - 1, 24), (j) => `...F${i + j + 1}`)} }`,
  );
const wide = '{ nodes { id number status version userId items { sku name quantity } } totalCount }';

const wrongItem = { sku: '', name: ' x ', quantity: 0, unitPrice: '-1' };
const wrongLetter = 'RECHECK_ORDERS.é '.repeat(20);
const letters = '{ ids: $ids }';

export const hostileBodies: readonly HostileBody[] = [
  // Faults that are data.
  refusedTimes(1, 'recheckOrders', 'RecheckOrdersInput', { ids: Array(1000).fill('x') }),
  refusedTimes(15, 'recheckOrders', 'RecheckOrdersInput', { ids: Array(1000).fill('x') }),
  refusedTimes(15, 'recheckOrders', 'RecheckOrdersInput', { ids: Array(4900).fill('x'), limit: -1 }),
  refusedTimes(15, 'createOrder', 'CreateOrderInput', {
    userId: '0',
    currency: 'X',
    items: Array(50).fill(wrongItem),
    charge: '-1',
    number: ' ',
    idempotencyKey: ' ',
  }),
  refusedTimes(15, 'createOrder', 'CreateOrderInput', {
    userId: '0',
    currency: 'X',
    items: Array(900).fill(wrongItem),
  }),
  refusedTimes(15, 'updateOrder', 'UpdateOrderInput', {
    id: 'x'.repeat(200),
    expectedVersion: 0,
    charge: '-1',
    idempotencyKey: ' '.repeat(50_000),
  }),
  refusedTimes(15, 'deleteOrder', 'DeleteOrderInput', { id: 'x', expectedVersion: 0, idempotencyKey: ' ' }),
  refusedTimes(15, 'discardDeadLetters', 'DiscardDeadLettersInput', { ids: Array(200).fill(wrongLetter.slice(0, 99)) }),
  refusedTimes(15, 'replayDeadLetters', 'ReplayDeadLettersInput', { ids: Array(4900).fill('x') }),
  refusedTimes(15, 'cancelJob', 'CancelJobInput', { id: 'x'.repeat(200_000) }),
  {
    name: 'the faults of one input, asked for 13 times',
    body: JSON.stringify({
      query: `mutation ($ids: [ID!]!) {
        discardDeadLetters(input: ${letters}) { ${faultsOfInput} ... on InvalidInputError { ...F } }
        replayDeadLetters(input: ${letters}) { ... on InvalidInputError { ...F } }
        recheckOrders(input: ${letters}) { ... on InvalidInputError { ...F } }
      }
      fragment F on InvalidInputError { ${repeat(4, (i) => `${'m'.repeat(120)}${i}: faults { path message }`)} }`,
      variables: { ids: Array(200).fill('x') },
    }),
    code: 'INVALID_INPUT',
  },
  given(
    'a filter with 100 faults, before anything is written',
    'mutation ($i: RecheckOrdersInput!) { recheckOrders(input: $i) { __typename } }',
    { i: { where: { numbers: Array(100).fill('x'.repeat(2000)), userId: 'x'.repeat(20_000) } } },
    'BAD_USER_INPUT',
  ),
  // Variables.
  given('5,000 unknown fields', filtered, { where: named(4900, 1) }, 'BAD_USER_INPUT'),
  given(
    '1,700 unknown fields and a long text',
    filtered,
    { where: { ...named(1700, 1), userId: 'x'.repeat(200_000) } },
    'BAD_USER_INPUT',
  ),
  given('4,900 wrong words of an enum', filtered, { where: { status: Array(4900).fill('PENDIN') } }, 'BAD_USER_INPUT'),
  given('an enum of 250,000 characters', filtered, { where: { status: ['X'.repeat(250_000)] } }, 'BAD_USER_INPUT'),
  given(
    'a number of 250,000 characters in a text',
    filtered,
    { where: { total: { min: '9'.repeat(250_000) } } },
    'BAD_USER_INPUT',
  ),
  given('1,600 items that miss everything', creating, { input: { items: Array(1600).fill({}) } }, 'BAD_USER_INPUT'),
  given(
    '1,200 items with wrong parts',
    creating,
    { input: { items: Array(1200).fill({ sku: 1, name: [], quantity: 'x' }) } },
    'BAD_USER_INPUT',
  ),
  given('a name of 250,000 characters', filtered, { where: { ['x'.repeat(250_000)]: 1 } }, 'BAD_USER_INPUT'),
  given('40,000 values', filtered, { where: { numbers: Array(40_000).fill('a') } }, 'BAD_REQUEST'),
  given('20,000 unused variables', '{ __typename }', named(14_000, 1), 'BAD_REQUEST'),
  {
    name: 'lists, 120,000 deep',
    body: ofVariables(filtered, `{"where":${nested(120_000, '[', ']')}}`),
    code: 'BAD_REQUEST',
  },
  {
    name: 'objects, 40,000 deep',
    body: ofVariables(filtered, `${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`),
    code: 'BAD_REQUEST',
  },
  {
    name: 'a whole number of 250,000 digits',
    body: ofVariables(paged, `{"n":${'9'.repeat(250_000)}}`),
    code: 'BAD_USER_INPUT',
  },
  {
    name: 'a fraction of 250,000 digits',
    body: ofVariables(paged, `{"n":0.${'1'.repeat(250_000)}}`),
    code: 'BAD_USER_INPUT',
  },
  {
    name: '4,900 fractions',
    body: ofVariables(filtered, `{"where":{"numbers":[${repeat(4900, () => '1.5e300', ',')}]}}`),
    code: 'BAD_USER_INPUT',
  },
  // What is no request.
  { name: 'no JSON, 260,000 characters', body: '['.repeat(260_000), code: 'BAD_REQUEST' },
  { name: 'a batch of 10,000', body: `[${repeat(10_000, () => '{"query":"{a}"}', ',')}]`, code: 'BAD_REQUEST' },
  { name: 'one key 20,000 times', body: `{"query":1${',"query":1'.repeat(20_000)}}`, code: 'BAD_REQUEST' },
  // Documents.
  tooComplex('a long document', `{ __typename } # ${'x'.repeat(200_000)}`),
  tooComplex('a long document of commas', `{ __typename ${','.repeat(200_000)} }`),
  tooComplex('5,000 aliases', `{ ${repeat(5000, (i) => `a${i}: __typename`)} }`.slice(0, 32_000)),
  tooComplex('an alias of 20,000 characters', `{ nodes(ids: []) { ${'x'.repeat(20_000)}: id } }`),
  tooComplex('480 aliases', `{ ${repeat(480, (i) => `a${i}: __typename`)} }`),
  invalid('lists in a document, 700 deep', `{ orders(where: { numbers: ${nested(700, '[', ']')} }) { totalCount } }`),
  tooComplex(
    'objects in a document, 480 deep',
    `{ orders(where: ${nested(480, '{a:', '}').replace('}', '1}')}) { totalCount } }`,
  ),
  tooComplex('selections, 480 deep', `{ ${'node { '.repeat(480)} id ${'}'.repeat(480)} }`),
  tooComplex('600 directives', `{ __typename ${repeat(400, () => '@skip(if: false)').slice(0, 30_000)} }`),
  tooComplex('51 fragments', `{ __typename } ${repeat(51, (i) => `fragment F${i} on Query { __typename }`)}`),
  tooComplex(
    'fragments that double',
    `{ ...F0 } ${repeat(30, (i) => `fragment F${i} on Query { ${i === 29 ? '__typename' : `...F${i + 1} ...F${i + 1}`} }`)}`,
  ),
  tooComplex('49 fragments, each in those before it', `{ ...F0 } ${fragmentsOfFragments(40)}`),
  tooComplex(
    '480 equal fields with lists below',
    `{ ${repeat(85, () => `orders(first: 10) ${wide}`)} }`.slice(0, 32_000),
  ),
  tooComplex(
    'fragments that all ask for the same',
    `{ ${repeat(45, (i) => `...F${i}`)} } ${repeat(45, (i) => `fragment F${i} on Query { orders(first: 100) ${wide} }`)}`,
  ),
  tooComplex('370 equal fields', `{ ${repeat(370, () => 'cluster { verdict }')} }`),
  tooComplex('990 equal fields without selections', `{ ${repeat(990, () => '__typename')} }`),
  invalid('100 equal fields and an unknown one', `{ ${repeat(100, () => 'cluster { verdict source epoch }')} idd }`),
  tooComplex('200 unknown fields', `{ ${repeat(200, (i) => `ordrs${i}`)} }`),
  tooComplex('150 unknown fields with long names', `{ ${repeat(150, (i) => `orders${'x'.repeat(200)}${i}`)} }`),
  tooComplex('370 variables', `query (${repeat(370, (i) => `$a${i}: Int`)}) { __typename }`),
  tooComplex(
    'an enum list of 1,400',
    `{ orders(where: { status: [${repeat(1400, () => 'PENDIN')}] }) { totalCount } }`,
  ),
  tooComplex(
    'an input object of 450 fields',
    `{ orders(where: { ${repeat(450, (i) => `statu${i}: 1`)} }) { totalCount } }`,
  ),
  invalid('a block string of 32,000 characters', `{ order(by: { number: """${'\n  x'.repeat(8000)}""" }) { idd } }`),
  invalid('a block string of spaces', `{ order(by: { number: """${`\n${' '.repeat(30)}`.repeat(1000)}""" }) { idd } }`),
  invalid('a text of escapes', `{ order(by: { number: "${'\\u0041'.repeat(5300)}" }) { idd } }`),
  invalid('a whole number of 32,000 digits', `{ orders(first: ${'9'.repeat(32_000)}) { totalCount } }`),
  invalid('a fraction of 32,000 digits', `{ orders(first: 0.${'9'.repeat(32_000)}) { totalCount } }`),
  tooComplex('a name of 32,000 characters', `{ ${'o'.repeat(32_000)} }`),
  invalid('fragments in a circle', `{ ...F0 } ${repeat(49, (i) => `fragment F${i} on Query { ...F${(i + 1) % 49} }`)}`),
  tooComplex('90 fields that conflict', `{ ${repeat(90, (i) => `orders(first: ${i}) { totalCount }`)} }`),
  {
    name: 'a document that ends too early',
    body: JSON.stringify({ query: '{ a '.repeat(700) }),
    code: 'GRAPHQL_PARSE_FAILED',
  },
  {
    name: '150 operations',
    body: JSON.stringify({ query: repeat(150, (i) => `query Q${i} { a${i % 10}: __typename }`) }),
    code: 'OPERATION_RESOLUTION_FAILURE',
  },
  {
    name: 'an unclosed text',
    body: JSON.stringify({ query: `{ a(b: "${'x'.repeat(32_000)}` }),
    code: 'GRAPHQL_PARSE_FAILED',
  },
];
