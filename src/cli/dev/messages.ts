/** What `npm run dev` and the API that it has started tell each other. */

/** Methods of the lab, which breaks servers: they belong to the process that goes on. */
export type LabCall =
  | { readonly method: 'readState' | 'undoAll'; readonly given: readonly [] }
  | { readonly method: 'act'; readonly given: readonly unknown[] };

export type FromApi =
  /** It serves, on this port. */
  { readonly kind: 'serving'; readonly port: number } | ({ readonly kind: 'lab'; readonly id: number } & LabCall);

export type ToApi =
  /** There is another page. */
  | { readonly kind: 'page' }
  | { readonly kind: 'lab-answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'lab-fault'; readonly id: number; readonly code: string; readonly message: string };
