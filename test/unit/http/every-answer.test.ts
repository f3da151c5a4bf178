/** Whoever parses every answer as JSON may go on doing so, whatever was wrong. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reachableHere } from '../../../src/http/reach.ts';
import { startTinyServer } from './tiny-server.ts';

type Tiny = Awaited<ReturnType<typeof startTinyServer>>;
let tiny: Tiny;
beforeAll(async () => {
  tiny = await startTinyServer();
});
afterAll(() => tiny.server.stop());

const body = JSON.stringify({ query: '{ hello }' });
const post = (headers: string, sent = body, path = '/graphql', method = 'POST') =>
  `${method} ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${headers}\r\n${sent}`;
const sized = `content-length: ${body.length}\r\n`;
const chunked = 'transfer-encoding: chunked\r\n';

/** All that comes until the server closes the connection, or has said what was waited for. */
function send(port: number, bytes: string, enough: (text: string) => boolean = () => false): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(bytes));
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
      if (enough(text)) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.once('close', () => resolve(text));
  });
}

const wholeAnswer = (text: string) => text.endsWith('}\n') || text.endsWith('}');

function read(text: string) {
  const at = text.indexOf('\r\n\r\n');
  const [status = '', ...headers] = text.slice(0, at).split('\r\n');
  const { errors } = JSON.parse(text.slice(at)) as { errors: { extensions: { code: string } }[] };
  return { status: Number(status.split(' ')[1]), headers: headers.join('\n').toLowerCase(), errors };
}

describe('an answer to a request that cannot be answered is JSON with a code', () => {
  it.each([
    ['no HTTP', '\u0000\r\n\r\n', 400, 'BAD_REQUEST'],
    ['TLS', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000', 400, 'BAD_REQUEST'],
    ['an unknown method', post(sized, body, '/graphql', 'BREW'), 400, 'BAD_REQUEST'],
    ['two lengths', post(`${sized}content-length: 3\r\n`), 400, 'BAD_REQUEST'],
    ['a negative length', post('content-length: -1\r\n'), 400, 'BAD_REQUEST'],
    ['a length and chunks', post(sized + chunked), 400, 'BAD_REQUEST'],
    ['chunks that are none', post(chunked, 'zz\r\n'), 400, 'BAD_REQUEST'],
    ['a chunk that is longer than it says', post(chunked, '3\r\nabcdef\r\n'), 400, 'BAD_REQUEST'],
    ['a chunk with long extensions', post(chunked, `3;${'x'.repeat(20_000)}\r\nabc\r\n`), 413, 'REQUEST_TOO_LARGE'],
    ['headers that are too large', post(`x-long: ${'x'.repeat(20_000)}\r\n`), 431, 'HEADERS_TOO_LARGE'],
    ['no Host', 'GET /graphql HTTP/1.1\r\n\r\n', 400, 'BAD_REQUEST'],
    ['two Hosts', post(`host: localhost\r\n${sized}`), 400, 'BAD_REQUEST'],
    ['a foreign Host', `GET /graphql HTTP/1.1\r\nhost: evil.example\r\n\r\n`, 421, 'HOST_UNKNOWN'],
    ['an expectation', post(`expect: the-unexpected\r\n${sized}`), 417, 'EXPECTATION_FAILED'],
    ['a request for a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nhost: x\r\n\r\n', 405, 'METHOD_NOT_ALLOWED'],
    ['PUT', post(sized, body, '/graphql', 'PUT'), 405, 'METHOD_NOT_ALLOWED'],
    ['DELETE', post('', '', '/graphql', 'DELETE'), 405, 'METHOD_NOT_ALLOWED'],
    ['PATCH', post(sized, body, '/graphql', 'PATCH'), 405, 'METHOD_NOT_ALLOWED'],
    ['TRACE', post('', '', '/graphql', 'TRACE'), 405, 'METHOD_NOT_ALLOWED'],
    ['nothing asked', 'GET /graphql HTTP/1.1\r\nhost: localhost\r\n\r\n', 400, 'BAD_REQUEST'],
    ['an upgrade', post('upgrade: websocket\r\nconnection: upgrade\r\n', '', '/graphql', 'GET'), 400, 'BAD_REQUEST'],
    ['a path below', post(sized, body, '/graphql/more'), 404, 'NOT_FOUND'],
    ['a path that is no path', post(sized, body, '//'), 404, 'NOT_FOUND'],
    ['another type', post(sized).replace('application/json', 'text/plain'), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['no type', post(sized).replace('content-type: application/json\r\n', ''), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a compressed body', post(`content-encoding: gzip\r\n${sized}`), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a body that is too large', post('content-length: 9000000\r\n', '{'), 413, 'REQUEST_TOO_LARGE'],
    ['chunks that are too large', post(chunked, `50000\r\n${'x'.repeat(0x50000)}\r\n`), 413, 'REQUEST_TOO_LARGE'],
    ['an answer of another type', post(`accept: image/png\r\n${sized}`), 406, 'NOT_ACCEPTABLE'],
  ])('%s', async (_, bytes, status, code) => {
    const answer = read(await send(tiny.server.port, bytes, wholeAnswer));
    expect([answer.status, answer.errors[0]?.extensions.code]).toEqual([status, code]);
    expect(answer.headers).toContain('content-type: application/');
    expect(tiny.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('an answer of a type that there is not says which there are', async () => {
    const answer = read(await send(tiny.server.port, post(`accept: image/png\r\n${sized}`), wholeAnswer));
    expect(answer.errors[0]).toHaveProperty('message', expect.stringMatching(/^Accept one of .*application\/json/));
  });

  it('too many connections', async () => {
    const limits = { ...reachableHere.limits, connections: { all: 20, perClient: 0 } };
    const { server } = await startTinyServer({ reach: { ...reachableHere, trustedProxies: [], limits } });
    const answer = read(await send(server.port, ''));
    expect([answer.status, answer.errors[0]?.extensions.code]).toEqual([429, 'OVERLOADED']);
    expect(answer.headers).toContain('retry-after: 1');
    await server.stop();
  });
});

describe('what is no HTTP behind a request', () => {
  it('is answered behind its answer', async () => {
    const { server, gate } = await startTinyServer();
    const slow = JSON.stringify({ query: '{ slow }' });
    const text = send(server.port, `${post(`content-length: ${slow.length}\r\n`, slow)}\u0000\r\n\r\n`);
    await gate.entered;
    gate.open();
    expect(await text).toMatch(/^HTTP\/1\.1 200 .*"slow":"late".*HTTP\/1\.1 400 .*"code":"BAD_REQUEST"/s);
    await server.stop();
  });

  it('does not get into a stream', async () => {
    const { server, gate } = await startTinyServer();
    const tide = JSON.stringify({ query: 'subscription { tide }' });
    const asked = post(`accept: text/event-stream\r\ncontent-length: ${tide.length}\r\n`, tide);
    const text = send(server.port, `${asked}\u0000\r\n\r\n`);
    await gate.entered;
    gate.open();
    expect(await text).toMatch(/^HTTP\/1\.1 200 .*"tide":"high".*event: complete.*HTTP\/1\.1 400 /s);
    await server.stop();
  });
});
