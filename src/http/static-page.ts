/**
 * A built page, kept in memory plain, gzipped and with brotli, so that no request compresses or reads a file. Files below /assets/
 * have a content hash in their name and never change; all others are revalidated each time. The page may load from this server only,
 * runs no inline scripts, and may not be framed.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';

type Encoding = 'br' | 'gzip';
export type StaticFile = {
  readonly body: Buffer;
  readonly compressed: Readonly<Partial<Record<Encoding, Buffer>>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string;
};
/** By path, such as `/assets/main-B2k3.js`. */
export type StaticPage = ReadonlyMap<string, StaticFile>;

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const endings: readonly (readonly [Encoding, string])[] = [
  ['br', '.br'],
  ['gzip', '.gz'],
];
const policy = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

/** `null` if it has not been built. */
export async function readStaticPage(directory: string): Promise<StaticPage | null> {
  const names = await readdir(directory, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const served = names.filter((name) => Object.hasOwn(contentTypes, extname(name)));
  if (!served.includes('index.html')) return null;
  const present = new Set(names);
  const files = served.map(async (name): Promise<[string, StaticFile]> => {
    const path = `/${name.split(sep).join('/')}`;
    const body = await readFile(join(directory, name));
    const compressed: Partial<Record<Encoding, Buffer>> = {};
    for (const [encoding, ending] of endings) {
      if (present.has(name + ending)) compressed[encoding] = await readFile(join(directory, name + ending));
    }
    return [path, { body, compressed, headers: headersOf(path), etag: etagOf(body) }];
  });
  return new Map(await Promise.all(files));
}

/**
 * The file at `path`; the page itself for any other path that a browser opens. The page finds its files beside it, wherever on its
 * host it is, so paths below it do not exist.
 */
export function staticFileAt(page: StaticPage, path: string, request: IncomingMessage): StaticFile | undefined {
  const opens = String(request.headers.accept ?? '').includes('text/html');
  if (path === '/') return page.get('/index.html');
  return page.get(path) ?? (opens && !path.slice(1).includes('/') ? page.get('/index.html') : undefined);
}

export function sendStaticFile(request: IncomingMessage, response: ServerResponse, file: StaticFile): void {
  const headers = { ...file.headers, etag: file.etag, vary: 'accept, accept-encoding' };
  if (request.headers['if-none-match'] === file.etag) {
    response.writeHead(304, headers).end();
    return;
  }
  const accepted = String(request.headers['accept-encoding'] ?? '');
  const encoding = endings.map(([name]) => name).find((name) => accepts(accepted, name) && file.compressed[name]);
  const body = (encoding && file.compressed[encoding]) ?? file.body;
  response.writeHead(200, {
    ...headers,
    ...(encoding && { 'content-encoding': encoding }),
    'content-length': body.length,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function accepts(accepted: string, encoding: Encoding): boolean {
  return new RegExp(`(^|[\\s,])${encoding}(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))\\b`).test(accepted);
}

function headersOf(path: string): Record<string, string> {
  return {
    'content-type': contentTypes[extname(path)] ?? 'application/octet-stream',
    'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
  };
}

function etagOf(body: Buffer): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
}
