/**
 * Answers that go on: server-sent events, as GraphQL over SSE has them ("distinct connections"), for subscriptions.
 *
 *   headers   tell proxies to pass each event on as it comes, and to change nothing
 *   beats     comments, so that proxies do not close what is quiet, and readers can tell silence from the end of the world
 *   longest   a stream ends after its longest life without saying `complete`: its reader opens another one, perhaps at
 *             another process
 */
import type { ServerResponse } from 'node:http';
import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Clock } from '../../platform/clock.ts';

export type StreamSettings = {
  /** The longest silence of a stream that is well. */
  readonly beatMs: number;
  /** How long a stream lasts at most. Each one lasts up to a tenth less, so that they do not all come back at once. */
  readonly longestMs: number;
};

const eventStream = 'text/event-stream';
const beat = ':\n\n';
/** How long what is still to be sent may take when a stream has ended; a reader that reads nothing would keep it for ever. */
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
    // Runs behind Yoga's own choice of an answer, and takes the place of the one that streams.
    onResultProcess({ result, resultProcessor, serverContext, setResultProcessor }) {
      if (resultProcessor === undefined || Array.isArray(result) || !(Symbol.asyncIterator in result)) return;
      const longestMs = settings.longestMs * (1 - random() / 10);
      const onEnd = (why: Ending) => {
        const { res } = serverContext;
        if (why === 'completed' || res === undefined) return;
        const cancel = clock.after(lastWordsMs, () => res.destroy());
        res.once('close', cancel);
      };
      const streaming = (streamed: unknown, fetchApi: Fetch) => {
        const body = streamOf(streamed as Streamed, fetchApi, { clock, beatMs: settings.beatMs, longestMs, onEnd });
        return new fetchApi.Response(body, { headers: { 'content-type': eventStream } });
      };
      setResultProcessor(streaming as NonNullable<typeof resultProcessor>, eventStream);
    },
    onResponse({ response: { headers } }) {
      if (!headers.get('content-type')?.startsWith(eventStream)) return;
      headers.set('cache-control', 'no-cache, no-transform');
      headers.set('x-accel-buffering', 'no');
      // Yoga says "none", which is no encoding.
      headers.delete('content-encoding');
    },
  };
}

type StreamLife = {
  readonly clock: Clock;
  readonly beatMs: number;
  readonly longestMs: number;
  readonly onEnd: (why: Ending) => void;
};

function streamOf(streamed: Streamed, { ReadableStream }: Fetch, { clock, beatMs, longestMs, onEnd }: StreamLife) {
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
          // Who does not read what is there needs no sign of life.
          if ((controller.desiredSize ?? 0) > 0) send(beat);
          beatSoon();
        });
      };
      // At once, too: some browsers show an answer to nobody before its first byte.
      send(beat);
      beatSoon();
      cancelEnd = clock.after(longestMs, () => {
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

/** What errors tell the HTTP answer is for nobody else. */
function inJson(result: ExecutionResult): string {
  const errors = result.errors?.map((error) => {
    if (!(error instanceof GraphQLError)) return error;
    const { http: _, unexpected: __, ...extensions } = error.extensions;
    return { ...error.toJSON(), ...(Object.keys(extensions).length > 0 ? { extensions } : { extensions: undefined }) };
  });
  return JSON.stringify(errors === undefined ? result : { ...result, errors });
}
