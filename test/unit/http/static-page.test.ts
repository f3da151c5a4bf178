import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStaticPage } from '../../../src/http/static-page.ts';
import { startTinyServer } from './tiny-server.ts';

const html = '<!doctype html><title>Page</title>';
const script = `console.log('${'tide '.repeat(200)}')`;
const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('the page at /', () => {
  let directory: string;
  let url: string;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidemark-page-'));
    await mkdir(join(directory, 'assets'));
    await writeFile(join(directory, 'index.html'), html);
    await writeFile(join(directory, 'assets', 'main-1.js'), script);
    await writeFile(join(directory, 'assets', 'main-1.js.br'), brotliCompressSync(script));
    await writeFile(join(directory, 'assets', 'main-1.js.gz'), gzipSync(script));
    await writeFile(join(directory, '.built-from'), 'abc');
    const { server } = await startTinyServer({ page: await readStaticPage(directory) });
    url = server.url;
    stop = () => server.stop();
  });

  afterAll(async () => {
    await stop();
    await rm(directory, { recursive: true });
  });

  it('may load from its own server only, and lies in no frame', async () => {
    const { status, headers } = await fetch(url, { headers: browser });
    expect(status).toBe(200);
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('cache-control')).toBe('no-cache');
  });

  it('is there under every address that a browser opens, and no other client gets it', async () => {
    expect(await (await fetch(`${url}/routing-log?node=source`, { headers: browser })).text()).toBe(html);
    expect((await fetch(`${url}/routing-log`, { headers: { accept: 'application/json' } })).status).toBe(404);
    expect((await fetch(`${url}/assets/main-0.js`, { headers: browser })).status).toBe(404);
  });

  it('leaves every other address as it was', async () => {
    expect(await (await fetch(`${url}/livez`, { headers: browser })).json()).toEqual({ status: 'alive' });
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
  });

  const encodings: [accepted: string, sent: string | null][] = [
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['identity', null],
  ];
  it.each(encodings)('sends what was compressed beforehand to who accepts %s', async (accepted, sent) => {
    const response = await fetch(`${url}/assets/main-1.js`, { headers: { 'accept-encoding': accepted } });
    expect(response.headers.get('content-encoding')).toBe(sent);
    expect(await response.text()).toBe(script);
    expect(response.headers.get('cache-control')).toContain('immutable');
  });

  it('is not sent again to who has it', async () => {
    const { headers } = await fetch(url, { headers: browser });
    const etag = headers.get('etag') ?? '';
    expect((await fetch(url, { headers: { ...browser, 'if-none-match': etag } })).status).toBe(304);
  });

  it('gives away no other file', async () => {
    for (const path of ['/.built-from', '/assets/../.built-from', '/assets/main-1.js.gz', '/%2e%2e/package.json']) {
      expect((await fetch(url + path)).status).toBe(404);
    }
  });

  it('is absent while it was not built', async () => {
    expect(await readStaticPage(join(directory, 'nothing'))).toBeNull();
  });
});
