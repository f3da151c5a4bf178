/**
 * Compresses answers for browsers. Only complete answers that are large enough to gain by it: small ones are sent as they are, and
 * streams event by event. Other clients only pay for the check of one header.
 */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

const smallestBytes = 1024;
// Most of the gain of the best level at a third of its cost.
const options = { level: constants.Z_BEST_SPEED + 2 };

/** Returns its input synchronously if the client does not accept compression. */
export function compressedAnswer(answer: Response, request: IncomingMessage): Response | Promise<Response> {
  const accepted = request.headers['accept-encoding'];
  if (accepted === undefined || !/(^|[\s,])gzip(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(String(accepted))) return answer;
  if (!isJson(answer.headers.get('content-type')) || answer.headers.has('content-encoding')) return answer;
  const length = answer.headers.get('content-length');
  if (length !== null && Number(length) < smallestBytes) return answer;
  return compressed(answer);
}

async function compressed(answer: Response): Promise<Response> {
  const body = Buffer.from(await answer.arrayBuffer());
  const headers = new Headers();
  answer.headers.forEach((value, name) => {
    if (name !== 'set-cookie') headers.set(name, value);
  });
  for (const cookie of answer.headers.getSetCookie()) headers.append('set-cookie', cookie);
  headers.append('vary', 'accept-encoding');
  const isLarge = body.length >= smallestBytes;
  const sent = isLarge ? await promisify(gzip)(body, options) : body;
  if (isLarge) headers.set('content-encoding', 'gzip');
  headers.set('content-length', String(sent.length));
  return new Response(sent, { status: answer.status, statusText: answer.statusText, headers });
}

export function isJson(contentType: string | null): boolean {
  return contentType !== null && /^application\/(graphql-response\+)?json\b/.test(contentType);
}
