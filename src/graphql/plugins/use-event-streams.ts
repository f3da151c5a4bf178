/**
 * Streaming answers of subscriptions: server-sent events, as GraphQL over SSE defines them ("distinct connections").
 *
 *   headers   tell proxies not to buffer or transform
 *   beats     comments, so that proxies do not close idle streams, and readers can tell silence from a dead connection
 *   longest   a stream ends after its maximum life without `complete`: its reader opens another one, perhaps at another
 *             process
 */
import type { ServerResponse } from 'node:http';
import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Clock } from '../../platform/clock.ts';

export type StreamSettings = {
  /** Maximum silence of a healthy stream. */
  readonly beatMs: number;
  /** Maximum life of a stream. Each one lasts up to a tenth less, so that they do not all reconnect at once. */
  readonly maxAgeMs: number;
};

const eventStream = 'text/event-stream';
const beat = ':\n\n';
/** How long the rest may take to send when a stream has ended; a client that does not read would keep it open forever. */
const lastWordsMs = 5000;

type Fetch = { readonly Response: typeof Response; readonly ReadableStream: typeof ReadableStream };
type NodeContext = { res?: ServerResponse };
type Streamed = AsyncIterable<ExecutionResult>;
type Ending = 'completed' | 'too old';

export function useEventStreams(
  settings: StreamSettings,
  { clock, random }: { clock: Clock; random: () => number },
): Plugin<object, NodeContext> {
  return {
    // Runs after Yoga has chosen a response, and replaces a streaming one.
    onResultProcess({ result, resultProcessor, serverContext, setResultProcessor }) {
      if (resultProcessor === undefined || Array.isArray(result) || !(Symbol.asyncIterator in result)) return;
      const maxAgeMs = settings.maxAgeMs * (1 - random() / 10);
      const onEnd = (why: Ending) => {
        const { res } = serverContext;
        if (why === 'completed' || res === undefined) return;
        const cancel = clock.after(lastWordsMs, () => res.destroy());
        res.once('close', cancel);
      };
      const streaming = (streamed: unknown, fetchApi: Fetch) => {
        const body = openStream(streamed as Streamed, fetchApi, { clock, beatMs: settings.beatMs, maxAgeMs, onEnd });
        return new fetchApi.Response(body, { headers: { 'content-type': eventStream } });
      };
      setResultProcessor(streaming as NonNullable<typeof resultProcessor>, eventStream);
    },
    onResponse({ response: { headers } }) {
      if (!headers.get('content-type')?.startsWith(eventStream)) return;
      headers.set('cache-control', 'no-cache, no-transform');
      headers.set('x-accel-buffering', 'no');
      // Yoga sends "none", which is not a valid encoding.
      headers.delete('content-encoding');
    },
  };
}

type StreamLife = {
  readonly clock: Clock;
  readonly beatMs: number;
  readonly maxAgeMs: number;
  readonly onEnd: (why: Ending) => void;
};

function openStream(streamed: Streamed, { ReadableStream }: Fetch, { clock, beatMs, maxAgeMs, onEnd }: StreamLife) {
  const encoder = new TextEncoder();
  const results = streamed[Symbol.asyncIterator]();
  const leaveResults = () => void Promise.resolve(results.return?.()).catch(() => undefined);
  let ended = false;
  let cancelBeat = () => {};
  let cancelEnd = () => {};
  const rest = () => {
    ended = true;
    cancelBeat();
    cancelEnd();
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text));
      const beatSoon = () => {
        cancelBeat = clock.after(beatMs, () => {
          // A reader that is behind needs no sign of life.
          if ((controller.desiredSize ?? 0) > 0) send(beat);
          beatSoon();
        });
      };
      // The first beat is sent at once: some browsers show nothing before the first byte.
      send(beat);
      beatSoon();
      cancelEnd = clock.after(maxAgeMs, () => {
        rest();
        leaveResults();
        controller.close();
        onEnd('too old');
      });
    },
    async pull(controller) {
      try {
        const { value, done } = await results.next();
        if (ended) return;
        if (value != null) controller.enqueue(encoder.encode(`event: next\ndata: ${inJson(value)}\n\n`));
        if (!done) return;
        controller.enqueue(encoder.encode('event: complete\ndata:\n\n'));
        rest();
        controller.close();
        onEnd('completed');
      } catch (error) {
        if (ended) return;
        rest();
        controller.error(error);
      }
    },
    cancel() {
      rest();
      leaveResults();
    },
  });
}

/** Extensions of errors that only concern the HTTP response are removed. */
function inJson(result: ExecutionResult): string {
  const errors = result.errors?.map((error) => {
    if (!(error instanceof GraphQLError)) return error;
    const { http: _, unexpected: __, ...extensions } = error.extensions;
    return { ...error.toJSON(), ...(Object.keys(extensions).length > 0 ? { extensions } : { extensions: undefined }) };
  });
  return JSON.stringify(errors === undefined ? result : { ...result, errors });
}
