import type { StoreChange, TokenStore } from './token-store.ts';

/** As much of a BroadcastChannel as is needed. */
export type TabChannel = {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  close(): void;
};

/** What one tab tells the others. Who has just come asks for what they carry. */
type Word = StoreChange | { readonly kind: 'asked' };

/**
 * Lets the tabs of one user share what they have seen: what is written in one is read in the others. Returns what ends it.
 * A token that comes late only asks for more than is needed: it is never wrong to have learned it.
 */
export function shareAcrossTabs(
  store: TokenStore,
  channel: TabChannel = new BroadcastChannel('tidemark') as TabChannel,
): () => void {
  const say = (word: Word) => channel.postMessage(word);
  const unsubscribe = store.subscribe(say);
  channel.addEventListener('message', ({ data }) => {
    const word = data as Word;
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
