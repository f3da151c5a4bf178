import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServedLab } from '../../../src/http/lab.ts';
import { labActions } from '../../../src/local/lab/lab-rules.ts';
import { LabRefusedError, UnknownNodeError } from '../../../src/local/local-errors.ts';
import { startTinyServer } from './tiny-server.ts';

type Answer = { readonly status: number; readonly body: { nodes?: unknown; errors?: { extensions: object }[] } };

const done: unknown[] = [];
const lab: ServedLab = {
  readState: async () => [{ name: 'replica-1', state: 'running' }],
  act: async (node, action, forS) => {
    if (node === 'nobody') throw new UnknownNodeError('There is no node nobody');
    if (action.name === 'start') throw new LabRefusedError('replica-1 is already running');
    done.push(forS === undefined ? [node, action] : [node, action, forS]);
  },
  undoAll: async () => void done.push('undone'),
};

let tiny: Awaited<ReturnType<typeof startTinyServer>>;
beforeEach(async () => {
  done.splice(0);
  tiny = await startTinyServer({ lab });
});
afterEach(() => tiny.server.stop());

/** With any header at all, also those that `fetch` keeps for itself. */
function send(method: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${tiny.server.url}/lab/nodes`, { method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += String(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
    });
    request.once('error', reject).end(body);
  });
}

const fromPage = { 'content-type': 'application/json', 'x-tidemark-lab': '1' };
const kill = JSON.stringify({ node: 'replica-1', action: { name: 'kill' } });
const codeOf = ({ body }: Answer) => (body.errors?.[0]?.extensions as { code: string } | undefined)?.code;

describe('the lab over HTTP', () => {
  it('tells how the servers are', async () => {
    expect(await send('GET')).toEqual({ status: 200, body: { nodes: [{ name: 'replica-1', state: 'running' }] } });
  });

  it('does what its page asks, and answers how the servers are then', async () => {
    const { origin } = new URL(tiny.server.url);
    expect((await send('POST', { ...fromPage, origin }, kill)).body).toHaveProperty('nodes');
    await send('POST', fromPage, JSON.stringify({ node: 'replica-1', action: { name: 'delay', seconds: 2 } }));
    await send('POST', fromPage, JSON.stringify({ node: 'replica-1', action: { name: 'hang' }, forS: 15 }));
    await send('POST', fromPage, JSON.stringify({ undo: 'all' }));
    expect(done.splice(2, 1)).toEqual([['replica-1', { name: 'hang' }, 15]]);
    expect(
      (await send('POST', fromPage, JSON.stringify({ node: 'a', action: { name: 'hang' }, forS: 0 }))).status,
    ).toBe(400);
    expect(done).toEqual([['replica-1', { name: 'kill' }], ['replica-1', { name: 'delay', seconds: 2 }], 'undone']);
  });

  it.each(labActions)('takes what the lab can do: %s', async (name) => {
    const action = name === 'delay' ? { name, seconds: 60 } : { name };
    const { status } = await send('POST', fromPage, JSON.stringify({ node: 'replica-1', action }));
    expect(status).toBe(name === 'start' ? 409 : 200);
  });

  it.each<[string, Record<string, string>]>([
    ['without the header of the page', { 'content-type': 'application/json' }],
    ['as a form', { ...fromPage, 'content-type': 'application/x-www-form-urlencoded' }],
    ['as plain text', { ...fromPage, 'content-type': 'text/plain' }],
    ['from a foreign page', { ...fromPage, origin: 'https://evil.example' }],
    ['from a page of another port', { ...fromPage, origin: 'http://127.0.0.1:1' }],
    ['under a foreign name', { ...fromPage, host: 'rebound.example' }],
    ['through a proxy', { ...fromPage, 'x-forwarded-for': '10.0.0.7' }],
    ['through a proxy of the other kind', { ...fromPage, forwarded: 'for=10.0.0.7' }],
  ])('does nothing that comes %s', async (_, headers) => {
    const answer = await send('POST', headers, kill);
    expect([answer.status, codeOf(answer)]).toEqual([403, 'LAB_FORBIDDEN']);
    expect(done).toEqual([]);
  });

  it('is not there for those who look from elsewhere', async () => {
    expect(await send('GET', { host: 'rebound.example' })).toEqual({ status: 200, body: { nodes: null } });
  });

  it.each([
    ['', 'BAD_REQUEST', 400],
    ['{', 'BAD_REQUEST', 400],
    [JSON.stringify({ node: 'replica-1', action: { name: 'wipe' } }), 'BAD_REQUEST', 400],
    [JSON.stringify({ node: 'replica-1', action: { name: 'delay', seconds: 61 } }), 'BAD_REQUEST', 400],
    [JSON.stringify({ node: 'replica-1', action: { name: 'delay', seconds: 0.5 } }), 'BAD_REQUEST', 400],
    [JSON.stringify({ node: 'x'.repeat(2000), action: { name: 'kill' } }), 'BAD_REQUEST', 400],
    [JSON.stringify({ node: 'nobody', action: { name: 'kill' } }), 'LOCAL_NODE_UNKNOWN', 404],
    [JSON.stringify({ node: 'replica-1', action: { name: 'start' } }), 'LAB_REFUSED', 409],
  ])('refuses %s with %s', async (body, code, status) => {
    const answer = await send('POST', fromPage, body);
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    expect(done).toEqual([]);
  });

  it('takes no other method', async () => {
    expect((await send('PUT', fromPage, kill)).status).toBe(405);
  });

  it('says so where there is none', async () => {
    await tiny.server.stop();
    tiny = await startTinyServer();
    expect(await send('GET')).toEqual({ status: 200, body: { nodes: null } });
    expect(codeOf(await send('POST', fromPage, kill))).toBe('LAB_OFF');
  });
});
