import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTinyServer } from './tiny-server.ts';

type Tiny = Awaited<ReturnType<typeof startTinyServer>>;
type Answer = { data?: unknown; errors?: { message: string; path?: string[]; extensions: Record<string, unknown> }[] };

let tiny: Tiny;
beforeAll(async () => {
  tiny = await startTinyServer();
});
afterAll(() => tiny.server.stop());

const ask = async (query: string, headers: Record<string, string> = {}) => {
  const response = await tiny.post({ query }, headers);
  return { response, answer: (await response.json()) as Answer };
};

describe('errors', () => {
  it('masks unexpected errors, and logs it under the id that the caller got', async () => {
    const { response, answer } = await ask('{ bug }');
    const [error] = answer.errors ?? [];
    expect(error).toMatchObject({ path: ['bug'], extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false } });
    expect(JSON.stringify(answer)).not.toMatch(/hunter2|ECONNREFUSED|stack|unexpected/);
    expect(error?.extensions.requestId).toBe(response.headers.get('x-request-id'));
    const logged = tiny.lines.find((line) => line.level === 'error' && line.requestId === error?.extensions.requestId);
    expect(String(logged?.err)).toContain('ECONNREFUSED');
  });

  it('shows the code, the facts and the retry advice of errors that were thrown on purpose', async () => {
    const { response, answer } = await ask('{ tea }');
    expect(answer.errors?.[0]).toMatchObject({
      message: 'There is no tea left',
      path: ['tea'],
      extensions: { code: 'OUT_OF_TEA', retryable: true, cups: 0, retryAfterMs: 1500 },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('retry-after')).toBe('2');
  });

  it('leaves GraphQL errors as they were thrown', async () => {
    const { answer } = await ask('{ refused hello }');
    expect(answer).toMatchObject({
      data: { hello: 'world' },
      errors: [{ message: 'No.', extensions: { code: 'REFUSED' } }],
    });
  });

  it('answers a wrong consistency request with 400 for every kind of client', async () => {
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const { response, answer } = await ask('{ hello }', { accept, 'x-consistency-level': 'bogus' });
      expect(response.status).toBe(400);
      expect(answer.errors?.[0]?.extensions.code).toBe('BAD_CONSISTENCY_REQUEST');
    }
  });

  it('ends an operation at its deadline, with a typed error', async () => {
    const hasty = await startTinyServer({ requestTimeoutMs: 100 });
    const response = await hasty.post({ query: '{ slow }' });
    expect(await response.json()).toMatchObject({
      errors: [
        {
          message: expect.stringMatching(/a write may have been committed.* same idempotency key/i),
          extensions: { code: 'DEADLINE_EXCEEDED', retryable: true, deadlineMs: 100 },
        },
      ],
    });
    hasty.gate.open();
    await hasty.server.stop();
  });
});

describe('request ids', () => {
  it('keeps an id that is safe to log', async () => {
    const { response } = await ask('{ hello }', { 'x-request-id': 'trace-42' });
    expect(response.headers.get('x-request-id')).toBe('trace-42');
  });

  it.each(['<script>', 'a b', 'x'.repeat(129)])('replaces the id %s', async (id) => {
    const { response } = await ask('{ hello }', { 'x-request-id': id });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('the access log', () => {
  it('says who asked what, which node answered and why', async () => {
    await ask('query Greeting { hello }', { 'x-request-id': 'log-1' });
    expect(tiny.lines.find((line) => line.requestId === 'log-1')).toMatchObject({
      level: 'info',
      operation: 'Greeting',
      type: 'query',
      node: 'replica-1',
      reason: 'replica-caught-up',
      waitedMs: 0,
      ms: expect.any(Number),
    });
  });

  it('shortens long operation names and lists error codes', async () => {
    await ask(`query ${'N'.repeat(500)} { tea bug }`, { 'x-request-id': 'log-2' });
    expect(tiny.lines.find((line) => line.requestId === 'log-2' && line.level === 'info')).toMatchObject({
      operation: 'N'.repeat(64),
      errors: ['OUT_OF_TEA', 'INTERNAL_SERVER_ERROR'],
    });
  });
});

describe('CORS', () => {
  const preflight = (origin: string) =>
    fetch(tiny.url, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-consistency-token',
      },
    });

  it('lets a listed origin call with cookies and read the token', async () => {
    const response = await preflight('https://shop.example.com');
    expect(response.headers.get('access-control-allow-origin')).toBe('https://shop.example.com');
    expect(response.headers.get('access-control-allow-credentials')).toBe('true');
    expect(response.headers.get('access-control-allow-headers')).toContain('x-consistency-token');
    const { response: answered } = await ask('{ hello }', { origin: 'https://admin.example.com' });
    expect(answered.headers.get('access-control-allow-origin')).toBe('https://admin.example.com');
    expect(answered.headers.get('access-control-expose-headers')).toBe(
      'x-consistency-token, x-request-id, retry-after',
    );
    expect(answered.headers.get('vary')).toContain('Origin');
  });

  it.each(['https://evil.example.com', 'null', 'https://shop.example.com.evil.com'])(
    'tells %s nothing',
    async (origin) => {
      expect((await preflight(origin)).headers.get('access-control-allow-origin')).toBeNull();
      const { response } = await ask('{ hello }', { origin });
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  it('allows no origin at all when none is listed', async () => {
    const closed = await startTinyServer({ corsOrigins: [] });
    const response = await closed.post({ query: '{ hello }' }, { origin: 'https://shop.example.com' });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    await closed.server.stop();
  });
});

describe('introspection', () => {
  it('can be switched off, hints included', async () => {
    const closed = await startTinyServer({ introspection: false });
    const refused = (await (await closed.post({ query: '{ __schema { types { name } } }' })).json()) as Answer;
    expect(refused.data).toBeUndefined();
    expect(refused.errors?.[0]?.message).toContain('introspection has been disabled');
    const hinted = await (await closed.post({ query: '{ helo }' })).text();
    expect(hinted).not.toContain('Did you mean');
    expect(await (await closed.post({ query: '{ __typename }' })).json()).toEqual({ data: { __typename: 'Query' } });
    await closed.server.stop();
  });
});
