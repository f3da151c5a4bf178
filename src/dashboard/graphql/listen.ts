/**
 * A subscription that lasts while the page is visible.
 *
 *   open     events arrive
 *   lost     the stream broke off or could not be opened, or the API does not answer (a hanging stream looks like an idle one). It is
 *            reopened with a backoff that doubles up to ten seconds, or when the API is back
 *   resting  the tab is hidden and holds no connection, since a browser allows six per host for all tabs
 *
 * The server ends old streams. One that has lasted is reopened at once; nothing is lost unless that fails.
 *
 * After `lost` and `resting`, and between two streams, events may have been missed, so the listener is told of each opening.
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
const maxWaitMs = 10_000;
/** A stream that has lasted this long counts as healthy. */
const lastedMs = 2000;
/** Upper bound of the random delay: clients whose streams a server has ended must not all come back in the same moment. */
const renewMs = 250;

/** Returns a function that unsubscribes. */
export function listen<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { onEvent, onState }: Listener<Data>,
): () => void {
  let close: () => void = () => undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = firstWaitMs;
  // An abandoned stream may still deliver events: only those of the current one count.
  let turn = 0;

  const openLater = () => {
    timer = setTimeout(open, waitMs * (0.75 + Math.random() / 2));
    waitMs = Math.min(waitMs * 2, maxWaitMs);
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
    // Deferred, because the stream must not be closed from inside its own callback.
    const loseSoon = (broke: boolean) => queueMicrotask(() => lose(broke));
    const { unsubscribe } = pipe(
      pageClient.subscription(document, variables),
      onEnd(() => loseSoon(false)),
      subscribe(({ data, error, hasNext }) => {
        if (mine !== turn) return;
        // The last message says that the stream is complete and repeats the message before it.
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
