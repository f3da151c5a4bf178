import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compressedAnswer } from '../../../src/graphql/compressed-answer.ts';

const asking = (encoding?: string) => ({ headers: { 'accept-encoding': encoding } }) as unknown as IncomingMessage;
const json = 'application/graphql-response+json; charset=utf-8';
const large = JSON.stringify({ data: Array.from({ length: 200 }, (_, n) => `order ${n}`) });
const answerOf = (body: string, contentType = json) => {
  const headers = new Headers({ 'content-type': contentType, 'content-length': String(body.length), vary: 'origin' });
  headers.append('set-cookie', 'a=1; Path=/');
  headers.append('set-cookie', 'b=2; Path=/');
  return new Response(body, { status: 207, headers });
};

describe('an answer', () => {
  it.each(['gzip', 'deflate, gzip;q=0.5, br', 'gzip, deflate, br, zstd'])('is compressed for %s', async (encoding) => {
    const sent = await compressedAnswer(answerOf(large), asking(encoding));
    const body = Buffer.from(await sent.arrayBuffer());
    expect(sent.status).toBe(207);
    expect(sent.headers.get('content-encoding')).toBe('gzip');
    expect(sent.headers.get('content-length')).toBe(String(body.length));
    expect(sent.headers.get('vary')).toBe('origin, accept-encoding');
    expect(sent.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2; Path=/']);
    expect(body.length).toBeLessThan(large.length / 2);
    expect(gunzipSync(body).toString()).toBe(large);
  });

  it.each([
    ['that was not requested compressed', large, json, undefined],
    ['for who wants it in no case', large, json, 'gzip;q=0, br'],
    ['that is small', '{"data":null}', json, 'gzip'],
    ['that goes on', large, 'text/event-stream', 'gzip'],
  ])('%s is sent as it is', async (_, body, contentType, encoding) => {
    const answer = answerOf(body, contentType);
    expect(await compressedAnswer(answer, asking(encoding))).toBe(answer);
  });

  it('of unknown length is looked at first', async () => {
    const small = new Response('{"data":null}', { headers: { 'content-type': json } });
    const sent = await compressedAnswer(small, asking('gzip'));
    expect(sent.headers.get('content-encoding')).toBeNull();
    expect(await sent.text()).toBe('{"data":null}');
  });
});
