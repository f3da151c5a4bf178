import type { StoreChange, TokenStore } from './token-store.ts';

/** A message between tabs. A new tab asks for what the others carry. */
type Word = StoreChange | { readonly kind: 'asked' };

/**
 * Shares tokens between the tabs of one user: a write in one is visible in the others. Returns a function that ends it.
 * A late token only requires more than necessary, which is always safe.
 */
export function shareAcrossTabs(
  store: TokenStore,
  channel: BroadcastChannel = new BroadcastChannel('tidemark'),
): () => void {
  const say = (word: Word) => channel.postMessage(word);
  const unsubscribe = store.subscribe(say);
  channel.addEventListener('message', (event) => {
    // Node's types do not say that it is a message.
    const word = 'data' in event ? (event.data as Word | undefined) : undefined;
    switch (word?.kind) {
      case 'learned':
        store.take(word.token, word.included);
        break;
      case 'cleared':
        store.drop();
        break;
      case 'asked':
        for (const token of store.tokens) say({ kind: 'learned', token, included: [] });
        break;
    }
  });
  say({ kind: 'asked' });
  return () => {
    unsubscribe();
    channel.close();
  };
}
