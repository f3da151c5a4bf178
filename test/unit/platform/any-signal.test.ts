import { EventEmitter, once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSchema, createYoga } from 'graphql-yoga';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { anySignal } from '../../../src/platform/any-signal.ts';

describe('a signal of several', () => {
  const controllers = [new AbortController(), new AbortController(), new AbortController()];
  afterEach(() => controllers.splice(0, 3, new AbortController(), new AbortController(), new AbortController()));
  const signals = () => controllers.map(({ signal }) => signal);

  it.each([0, 1, 2])('is aborted with number %i of them, for its reason', (which) => {
    const any = anySignal(signals());
    expect(any.aborted).toBe(false);
    controllers[which]?.abort(`reason ${which}`);
    expect([any.aborted, any.reason]).toEqual([true, `reason ${which}`]);
  });

  it('keeps the reason of the first', () => {
    const any = anySignal(signals());
    for (const which of [1, 0, 2]) controllers[which]?.abort(`reason ${which}`);
    expect(any.reason).toBe('reason 1');
  });

  it('tells once', () => {
    const any = anySignal(signals());
    let told = 0;
    any.addEventListener('abort', () => {
      told += 1;
    });
    for (const controller of controllers) controller.abort();
    expect(told).toBe(1);
  });

  it('is aborted from the start if one of them is', () => {
    controllers[1]?.abort('before');
    const any = anySignal(signals());
    controllers[0]?.abort('later');
    expect([any.aborted, any.reason]).toEqual([true, 'before']);
  });

  it('of none is never aborted', () => {
    expect(anySignal([]).aborted).toBe(false);
  });

  // The HTTP library's own signal, which Node does not take for one of its own: whatever stands in for it would prove nothing.
  it('of an HTTP request is aborted when the client disconnects', async () => {
    const events = new EventEmitter();
    const [outcome, arrived] = [once(events, 'outcome'), once(events, 'arrived')];
    const yoga = createYoga({
      logging: false,
      schema: createSchema({
        typeDefs: 'type Query { wait: String }',
        resolvers: {
          Query: {
            wait: (_: unknown, __: unknown, { request }: { request: Request }) => {
              const any = anySignal([request.signal, new AbortController().signal]);
              any.addEventListener('abort', () => events.emit('outcome', 'aborted'));
              events.emit('arrived');
              return outcome.then(String);
            },
          },
        },
      }),
    });
    const server = createServer(yoga);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const request = get(`http://127.0.0.1:${port}/graphql?query=${encodeURIComponent('{ wait }')}`, (response) => {
      // An answer at once: it was refused.
      events.emit('outcome', `answered with ${response.statusCode}`);
      events.emit('arrived');
      response.resume();
    });
    request.on('error', () => undefined);
    await arrived;
    request.destroy();
    expect(await outcome).toEqual(['aborted']);
  });
});
