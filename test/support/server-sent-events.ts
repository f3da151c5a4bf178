/** A subscription over server-sent events, read as it comes. */
export type Subscription = {
  readonly status: number;
  /** What its field told so far. */
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the subscription's
  readonly told: any[];
  /** Resolves when the server has ended it. */
  readonly ended: Promise<void>;
  /** The client goes away. */
  leave(): void;
};

export async function subscribe(url: string, query: string): Promise<Subscription> {
  const leaving = new AbortController();
  const response = await fetch(url, {
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: leaving.signal,
  });
  const told: unknown[] = [];
  const read = async () => {
    let text = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const messages = text.split('\n\n');
      text = messages.pop() ?? '';
      for (const message of messages) {
        const data = message.split('\n').find((line) => line.startsWith('data: {'));
        if (data !== undefined) told.push(Object.values(JSON.parse(data.slice('data: '.length)).data ?? {})[0]);
      }
    }
  };
  const ended = read().catch((error: unknown) => {
    if (!leaving.signal.aborted) throw error;
  });
  return { status: response.status, told, ended, leave: () => leaving.abort() };
}
