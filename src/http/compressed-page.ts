import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { CompressedPage } from '../graphql/graphiql-page.ts';

/** Sends a page that is kept compressed, or 304 if the browser has it already. */
export async function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  page: CompressedPage,
): Promise<void> {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    etag: page.etag,
    'cache-control': 'no-cache',
    vary: 'accept, accept-encoding',
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
  };
  if (request.headers['if-none-match'] === page.etag) {
    response.writeHead(304, headers).end();
    return;
  }
  const accepted = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const body = accepted ? page.gzipped : await promisify(gunzip)(page.gzipped);
  response.writeHead(200, {
    ...headers,
    ...(accepted && { 'content-encoding': 'gzip' }),
    'content-length': body.length,
  });
  response.end(body);
}
