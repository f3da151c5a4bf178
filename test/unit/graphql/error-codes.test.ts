import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { internalErrorCode, knownErrorCodes } from '../../../src/graphql/error-codes.ts';

/** What runs before there is a server that answers, or beside it: its errors go to a terminal or a log. */
const noAnswerFrom = [
  'src/cli/',
  'src/config/',
  'src/local/',
  'src/mirror/',
  'src/cluster/failover/',
  'src/database/migrations/',
  'src/database/mirror/',
  'src/orders/seed/',
  'src/http/listen.ts',
  'src/servers/bad-server-url.ts',
];
const elsewhere = new Map([
  ['MIRRORED_MODELS', 'refuses the start'],
  ['BAD_DATABASE_USES', 'refuses the start'],
  ['INVALID_TOKEN_SETTINGS', 'refuses the start'],
  ['PAYMENTS_UNAVAILABLE', 'tells why an order of a job was given up'],
  ['PAYMENTS_BAD_ANSWER', 'likewise'],
  ['PAYMENTS_REFUSED', 'likewise'],
  ['RECHECK_CONTENDED', 'likewise'],
]);
/** Given by GraphQL Yoga, or by the masking of what nobody expected. */
const givenByOthers = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', internalErrorCode];

type Thrown = { readonly path: string; readonly name: string; readonly parent: string; readonly code: string };

function sources(): readonly (readonly [path: string, text: string])[] {
  const below = readdirSync('src', { recursive: true, encoding: 'utf8' });
  const paths = below.map((path) => `src/${path.replaceAll('\\', '/')}`);
  return paths.filter((path) => path.endsWith('.ts')).map((path) => [path, readFileSync(path, 'utf8')] as const);
}

const all = sources();
const thrown = all.flatMap(([path, text]): Thrown[] =>
  [
    ...text.matchAll(/class (\w+) extends (\w+) \{\s+(?:\/\*\*.*\*\/\s+)?(?:static .*\s+)?readonly code = '(\w+)'/g),
  ].map(([, name = '', parent = '', code = '']) => ({ path, name, parent, code })),
);

describe('the codes that errors are counted by', () => {
  it('are found: as many as there are lines that give one', () => {
    const lines = all.flatMap(([, text]) => [...text.matchAll(/^ {2}readonly code = /gm)]);
    expect(thrown.length).toBeGreaterThan(50);
    expect(thrown.map(({ name }) => name)).toHaveLength(lines.length);
  });

  it('are those of every error that an answer may have', () => {
    const inAnswers = thrown.filter(
      ({ path, parent, code }) =>
        parent !== 'OrderRefusedError' && !elsewhere.has(code) && !noAnswerFrom.some((place) => path.startsWith(place)),
    );
    const known: readonly string[] = knownErrorCodes;
    expect(inAnswers.filter(({ code }) => !known.includes(code))).toEqual([]);
  });

  it('are each given somewhere', () => {
    const text = all
      .flatMap(([path, one]) => (path === 'src/graphql/error-codes.ts' ? [afterList(one)] : [one]))
      .join();
    const unused = knownErrorCodes.filter((code) => !givenByOthers.includes(code) && !text.includes(`'${code}'`));
    expect(unused).toEqual([]);
  });

  it('are each named once, and no exception has gone out of use', () => {
    expect(new Set(knownErrorCodes).size).toBe(knownErrorCodes.length);
    const codes = thrown.map(({ code }) => code);
    expect([...elsewhere.keys()].filter((code) => !codes.includes(code))).toEqual([]);
    const paths = thrown.map(({ path }) => path);
    expect(noAnswerFrom.filter((place) => !paths.some((path) => path.startsWith(place)))).toEqual([]);
  });
});

const afterList = (text: string) => text.slice(text.indexOf('] as const'));
