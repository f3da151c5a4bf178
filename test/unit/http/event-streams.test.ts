import { describe, expect, it } from 'vitest';
import { PrometheusMetrics } from '../../../src/http/prometheus.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { until } from '../../support/until.ts';
import { startTinyServer } from './tiny-server.ts';

const asksForEvents = { accept: 'text/event-stream' };

/** What a stream has sent so far, as it came. */
function read(response: Response) {
  const got = { text: '', over: false, broken: false };
  const reading = async () => {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) got.text += chunk;
    got.over = true;
  };
  reading().catch(() => {
    got.over = true;
    got.broken = true;
  });
  return got;
}

describe('a stream of events', () => {
  it('tells proxies to pass everything on as it comes, and to leave it as it is', async () => {
    const { server, post, gate } = await startTinyServer();
    const { headers, body, status } = await post({ query: 'subscription { tide }' }, asksForEvents);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(headers.get('x-accel-buffering')).toBe('no');
    expect(headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(headers.get('content-encoding')).toBeNull();
    await body?.cancel();
    gate.open();
    await server.stop();
  });

  it('says so for an answer that ends at once, too', async () => {
    const { server, post } = await startTinyServer();
    const refused = await post({ query: 'subscription { unknown }' }, asksForEvents);
    expect(refused.headers.get('x-accel-buffering')).toBe('no');
    expect(refused.headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(await refused.text()).toContain('GRAPHQL_VALIDATION_FAILED');
    await server.stop();
  });

  it('gives signs of life while it has nothing to tell, then tells, and says when it is complete', async () => {
    const { server, post, gate } = await startTinyServer({ streams: { beatMs: 10, maxAgeMs: 3_600_000 } });
    const got = read(await post({ query: 'subscription { tide }' }, asksForEvents));
    await until('five signs of life', () => got.text.length >= ':\n\n'.length * 5);
    expect(got.text).toMatch(/^(:\n\n)+$/);
    gate.open();
    await until('the end of the stream', () => got.over);
    expect(got.text).toContain('event: next\ndata: {"data":{"tide":"high"}}\n\n');
    expect(got.text).toMatch(/event: complete\ndata:\n\n$/);
    await server.stop();
  });

  it('ends after its longest life without saying that it is complete, so that its reader opens another one', async () => {
    const { server, post, gate } = await startTinyServer({ streams: { beatMs: 15_000, maxAgeMs: 50 } });
    const got = read(await post({ query: 'subscription { tide }' }, asksForEvents));
    await until('the end of the stream', () => got.over);
    expect(got).toEqual({ text: ':\n\n', over: true, broken: false });
    gate.open();
    await server.stop();
  });

  it('ends after its longest life for a reader that reads nothing as well', async () => {
    const served = new PrometheusMetrics({ clock: systemClock });
    const { server, post } = await startTinyServer({ streams: { beatMs: 15_000, maxAgeMs: 50 }, served });
    const query = `subscription { tides(text: "${'x'.repeat(4000)}") }`;
    const unread = await post({ query }, asksForEvents);
    expect(unread.status).toBe(200);
    await until('the stream is gone', async () => / *tidemark_http_running_requests 0$/m.test(await served.text()));
    await server.stop();
  });
});
