import { describe, expect, it } from 'vitest';
import { endedWhenQuiet } from '../../../src/dashboard/graphql/quiet-stream.ts';

const headers = { 'content-type': 'text/event-stream' };

describe('a stream', () => {
  it('fails when the stream goes quiet', async () => {
    const silent = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('data\n')),
    });
    const response = endedWhenQuiet(new Response(silent, { status: 200, headers }), 20);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    await expect(response.text()).rejects.toThrow('the stream has gone quiet');
  });

  it('goes on as long as something comes, and ends as it ends', async () => {
    const beats = new ReadableStream({
      async pull(controller) {
        controller.enqueue(new TextEncoder().encode(':'));
        controller.close();
      },
    });
    const text = await endedWhenQuiet(new Response(beats, { headers }), 60_000).text();
    expect(text).toBe(':data: {"data":null,"hasNext":false}\n\n');
  });
});
