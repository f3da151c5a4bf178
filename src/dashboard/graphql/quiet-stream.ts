/** The API sends a heartbeat every 15 s: a stream without data for this long is dead, even if TCP considers it open. */
const maxQuietMs = 40_000;

/** Tells urql that the stream is complete: urql takes a stream that ends without data for a failure. */
const over = new TextEncoder().encode('data: {"data":null,"hasNext":false}\n\n');

/** The same response, whose stream announces its end and fails when it goes quiet, so that the listener opens another. */
export function endedWhenQuiet(response: Response, quietMs: number = maxQuietMs): Response {
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
    timer = setTimeout(() => controller.error(new Error('the stream has gone quiet')), quietMs);
  }
  const { status, statusText, headers } = response;
  return new Response(watched, { status, statusText, headers });
}
