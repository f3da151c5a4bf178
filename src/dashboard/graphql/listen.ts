/**
 * A subscription that lasts as long as somebody looks at the page.
 *
 *   open     events come in
 *   lost     the stream broke off, or could not be opened; it is opened again after a wait that doubles up to ten seconds. Or the API does not answer: a
 *            stream that hangs looks like one on which nothing happens; it is opened again once the API is back
 *   resting  the tab is hidden: it holds no connection, since a browser has six of them for all of its tabs
 *
 * Streams end by themselves when they are old: one that has lasted is opened again at once, and nothing is lost unless that fails.
 *
 * After `lost` and `resting`, and between two streams, something may have been missed, so whoever listens is told each time it opens.
 */
import type { AnyVariables, TypedDocumentNode } from 'urql';
import { onEnd, pipe, subscribe } from 'wonka';
import { contactNow, onContact } from './contact.ts';
import { pageClient } from './page-client.ts';

export type ListeningState = 'open' | 'lost' | 'resting';

export type Listener<Data> = {
  readonly onEvent: (data: Data) => void;
  readonly onState: (state: ListeningState) => void;
};

const firstWaitMs = 500;
const longestWaitMs = 10_000;
/** A stream that has lasted so long was well. */
const lastedMs = 2000;
/** At most: those of all pages that a server has ended are not to come back in the same moment. */
const renewMs = 250;

/** Returns what ends it. */
export function listen<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { onEvent, onState }: Listener<Data>,
): () => void {
  let close: () => void = () => undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = firstWaitMs;
  // A stream that was left may still bring something: only the present one counts.
  let turn = 0;

  const openLater = () => {
    timer = setTimeout(open, waitMs * (0.75 + Math.random() / 2));
    waitMs = Math.min(waitMs * 2, longestWaitMs);
  };
  const end = (state: ListeningState) => {
    turn += 1;
    clearTimeout(timer);
    close();
    onState(state);
  };
  const renew = () => {
    turn += 1;
    close();
    timer = setTimeout(open, Math.random() * renewMs);
  };
  const open = () => {
    clearTimeout(timer);
    if (contactNow().silent) return onState('lost');
    turn += 1;
    const mine = turn;
    const lose = (broke: boolean) => {
      if (mine !== turn) return;
      if (!broke && performance.now() - openedMs >= lastedMs && !contactNow().silent) return renew();
      end('lost');
      if (!contactNow().silent) openLater();
    };
    const openedMs = performance.now();
    onState('open');
    // Not from within the call that brought the end: the stream is not to be closed under its own feet.
    const loseSoon = (broke: boolean) => queueMicrotask(() => lose(broke));
    const { unsubscribe } = pipe(
      pageClient.subscription(document, variables),
      onEnd(() => loseSoon(false)),
      subscribe(({ data, error, hasNext }) => {
        if (mine !== turn) return;
        // The last word says that there is no more, and repeats the one before.
        if (data != null && hasNext) {
          waitMs = firstWaitMs;
          onEvent(data);
        }
        if (error !== undefined) loseSoon(true);
      }),
    );
    close = unsubscribe;
  };

  const onVisibility = () => (globalThis.document.hidden ? end('resting') : open());
  const stopMinding = onContact(() => {
    if (globalThis.document.hidden) return;
    if (contactNow().silent) return end('lost');
    waitMs = firstWaitMs;
    open();
  });
  globalThis.document.addEventListener('visibilitychange', onVisibility);
  if (globalThis.document.hidden) onState('resting');
  else open();
  return () => {
    turn += 1;
    clearTimeout(timer);
    stopMinding();
    globalThis.document.removeEventListener('visibilitychange', onVisibility);
    close();
  };
}
