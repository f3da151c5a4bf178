/** The API sends a beat every 15 s: a stream that brings nothing for so long is dead, whatever the network believes. */
const longestQuietMs = 40_000;

/** What tells urql that the stream is over: it takes one that ends without having brought anything for a fault. */
const over = new TextEncoder().encode('data: {"data":null,"hasNext":false}\n\n');

/** The same response, whose stream says when it ends, and breaks off when nothing comes any more: whoever listens opens another one. */
export function endedWhenQuiet(response: Response, quietMs: number = longestQuietMs): Response {
  const { body } = response;
  if (body === null) return response;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const watched = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      start: (controller) => expect(controller),
      transform: (chunk, controller) => {
        expect(controller);
        controller.enqueue(chunk);
      },
      flush: (controller) => {
        clearTimeout(timer);
        controller.enqueue(over);
      },
    }),
  );
  function expect(controller: TransformStreamDefaultController): void {
    clearTimeout(timer);
    timer = setTimeout(() => controller.error(new Error('nothing comes any more')), quietMs);
  }
  const { status, statusText, headers } = response;
  return new Response(watched, { status, statusText, headers });
}
