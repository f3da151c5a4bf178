import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTinyServer } from './tiny-server.ts';

type Tiny = Awaited<ReturnType<typeof startTinyServer>>;
type Answer = { data?: unknown; errors?: { message: string; extensions: Record<string, unknown> }[] };

const repeat = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join(' ');
const deep = (depth: number) => `{ ${'nest { '.repeat(depth)}leaf${' }'.repeat(depth)} }`;

let tiny: Tiny;
beforeAll(async () => {
  tiny = await startTinyServer();
});
afterAll(() => tiny.server.stop());

async function expectNoInsides(response: Response): Promise<Answer> {
  const text = await response.text();
  for (const inside of [
    '    at ',
    'node_modules',
    '.ts:',
    '.js:',
    'SyntaxError',
    'Prisma',
    'ECONNREFUSED',
    'hunter2',
    'stack',
  ]) {
    expect(text).not.toContain(inside);
  }
  return JSON.parse(text) as Answer;
}

describe('bad GraphQL', () => {
  const table: [title: string, body: unknown, status: number, code: string][] = [
    ['malformed GraphQL', { query: '{ hello' }, 400, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { query: '{ goodbye }' }, 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['a wrong type', { query: '{ double(number: "two") }' }, 400, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a wrong variable',
      { query: 'query ($n: Int!) { double(number: $n) }', variables: { n: 'two' } },
      400,
      'BAD_USER_INPUT',
    ],
    ['a depth flood', { query: deep(40) }, 400, 'QUERY_TOO_COMPLEX'],
    ['an alias flood', { query: `{ ${repeat(16, (i) => `a${i}: hello`)} }` }, 400, 'QUERY_TOO_COMPLEX'],
    [
      'a flood of aliased __typename',
      { query: `{ ${repeat(16, (i) => `a${i}: __typename`)} }` },
      400,
      'QUERY_TOO_COMPLEX',
    ],
    ['a directive flood', { query: `{ hello ${repeat(6, () => '@skip(if: false)')} }` }, 400, 'QUERY_TOO_COMPLEX'],
    ['a token flood', { query: `{ ${repeat(1600, () => 'hello')} }` }, 400, 'QUERY_TOO_COMPLEX'],
    [
      'a circle of fragments',
      { query: '{ nest { ...A } } fragment A on Nest { nest { ...A } }' },
      400,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'introspection that goes round in circles',
      { query: `{ __schema { types ${'{ fields { type '.repeat(6)}{ name } ${'} }'.repeat(6)} } }` },
      400,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'two operations and no name',
      { query: 'query A { hello } query B { hello }' },
      400,
      'OPERATION_RESOLUTION_FAILURE',
    ],
    ['invalid JSON', '{"query": ', 400, 'BAD_REQUEST'],
    ['JSON that is no object', '42', 400, 'BAD_REQUEST'],
    ['null', 'null', 400, 'BAD_REQUEST'],
    ['no body', '', 400, 'BAD_REQUEST'],
    ['no query', {}, 400, 'BAD_REQUEST'],
    ['a query that is no text', { query: { hello: true } }, 400, 'BAD_REQUEST'],
    ['variables that are no object', { query: '{ hello }', variables: [1] }, 400, 'BAD_REQUEST'],
    ['an unknown parameter', { query: '{ hello }', sql: 'drop table orders' }, 400, 'BAD_REQUEST'],
    ['a batch', [{ query: '{ hello }' }, { query: '{ hello }' }], 400, 'BAD_REQUEST'],
    ['a body of 10 MB', { query: '{ hello }', variables: { x: 'x'.repeat(10_000_000) } }, 413, 'REQUEST_TOO_LARGE'],
  ];

  it.each(table)('answers %s with an error and nothing of its insides', async (_, body, status, code) => {
    const response = await tiny.post(body, { accept: 'application/graphql-response+json' });
    const answer = await expectNoInsides(response);
    expect(response.status).toBe(status);
    expect(answer.data).toBeUndefined();
    expect(answer.errors?.[0]?.extensions.code).toBe(code);
  });

  it('keeps the status at 200 for well-formed requests of clients that ask for application/json', async () => {
    const response = await tiny.post({ query: '{ goodbye }' }, { accept: 'application/json' });
    expect(response.status).toBe(200);
  });

  it('answers the same bad document alike every time', async () => {
    const ask = async () => (await tiny.post({ query: '{ goodbye }' })).text();
    expect(await ask()).toBe(await ask());
  });

  it('still lets GraphiQL ask for the schema', async () => {
    const query = getIntrospectionQuery({ schemaDescription: true, inputValueDeprecation: true, oneOf: true });
    const answer = (await (await tiny.post({ query })).json()) as Answer;
    expect(answer.errors).toBeUndefined();
    expect(answer.data).toHaveProperty('__schema');
  });

  it('counts depth the same with and without fragments', async () => {
    const inline = `{ ${'nest { ... on Nest { '.repeat(8)}leaf${' } }'.repeat(8)} }`;
    expect(await (await tiny.post({ query: inline })).json()).not.toHaveProperty('errors');
  });
});

describe('bad HTTP', () => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
  ])('refuses a mutation sent as %s, as a foreign page could send it', async (type) => {
    const response = await tiny.post('query=mutation{brew}', { 'content-type': type });
    expect(response.status).toBe(415);
    expect((await expectNoInsides(response)).errors?.[0]?.extensions.code).toBe('UNSUPPORTED_MEDIA_TYPE');
  });

  it('takes application/json with a charset in any case', async () => {
    const response = await tiny.post(
      { query: 'mutation { brew }' },
      { 'content-type': 'Application/JSON; charset=UTF-8' },
    );
    expect(await response.json()).toEqual({ data: { brew: 'brewed' } });
  });

  it('refuses compressed bodies', async () => {
    expect((await tiny.post({ query: '{ hello }' }, { 'content-encoding': 'gzip' })).status).toBe(415);
  });

  it('limits a body that does not say how long it is', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(tiny.url, { method: 'POST', headers: { 'content-type': 'application/json' } });
      request.on('response', (response) => {
        resolve(response.statusCode);
        request.destroy();
      });
      request.on('error', reject);
      for (let i = 0; i < 20; i += 1) request.write('x'.repeat(65_536));
      request.end();
    });
    expect(status).toBe(413);
  });

  it('refuses mutations by GET', async () => {
    const response = await fetch(`${tiny.url}?query=mutation{brew}`);
    expect(response.status).toBe(405);
    await expectNoInsides(response);
  });

  it.each(['variables={bad', 'extensions=%7B', 'query=', ''])(
    'answers GET with %s as a bad request',
    async (search) => {
      const response = await fetch(`${tiny.url}?query={hello}&${search}`.replace('query={hello}&query=', 'query='));
      const known = search === '';
      expect(response.status).toBe(known ? 200 : 400);
      await expectNoInsides(response);
    },
  );

  it.each(['PUT', 'DELETE', 'PATCH'])('answers %s with 405', async (method) => {
    const response = await fetch(tiny.url, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, POST');
  });

  it.each(['/nothing', '/graphql/nothing', '/__proto__', '/constructor', '//', '/%'])(
    'answers %s with 404',
    async (path) => {
      const response = await fetch(`${tiny.server.url}${path}`);
      expect(response.status).toBe(404);
      expect((await expectNoInsides(response)).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    },
  );

  const nonsense: [title: string, text: string, status: string][] = [
    ['no HTTP at all', 'hello there\r\n\r\n', '400'],
    ['a broken header line', 'GET /graphql HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n', '400'],
    [
      'a Host that is no host',
      'GET /graphql?query={hello} HTTP/1.1\r\nhost: [[<x>\r\nconnection: close\r\n\r\n',
      '400',
    ],
    ['no Host', 'GET /graphql HTTP/1.1\r\nconnection: close\r\n\r\n', '400'],
    [
      'headers of 100 KB',
      `GET /graphql HTTP/1.1\r\nhost: x\r\nx-consistency-token: ${'x'.repeat(100_000)}\r\n\r\n`,
      '431',
    ],
    [
      'two Content-Lengths',
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      '400',
    ],
    ['a Content-Length that is no number', 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: many\r\n\r\n', '400'],
  ];

  it.each(nonsense)('survives %s', async (_, text, status) => {
    const port = tiny.server.port;
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      let received = '';
      socket.on('data', (chunk) => {
        received += String(chunk);
      });
      socket.on('close', () => resolve(received));
      socket.on('error', () => resolve(received));
    });
    expect(answer.slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
    expect(await (await tiny.post({ query: '{ hello }' })).json()).toEqual({ data: { hello: 'world' } });
  });
});
