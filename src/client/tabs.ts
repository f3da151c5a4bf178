import type { StoreChange, TokenStore } from './token-store.ts';

/** What one tab tells the others. Who has just come asks for what they carry. */
type Word = StoreChange | { readonly kind: 'asked' };

/**
 * Lets the tabs of one user share what they have seen: what is written in one is read in the others. Returns what ends it.
 * A token that comes late only asks for more than is needed: it is never wrong to have learned it.
 */
export function shareAcrossTabs(
  store: TokenStore,
  channel: BroadcastChannel = new BroadcastChannel('tidemark'),
): () => void {
  const say = (word: Word) => channel.postMessage(word);
  const unsubscribe = store.subscribe(say);
  channel.addEventListener('message', (event) => {
    // Browsers and Node type it in different words.
    const { data: word } = event as unknown as { readonly data: Word | undefined };
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
