import { Client, fetchExchange } from 'urql';
import { shareAcrossTabs, TokenStore } from '../../client/client.ts';
import { tokenExchange } from '../../client/urql.ts';
import { at } from '../shell/base-path.ts';
import { heard } from './contact.ts';
import { endedWhenQuiet } from './quiet-stream.ts';

/** What the reader has seen and written, in this tab and in the others. */
export const pageTokens = new TokenStore();
shareAcrossTabs(pageTokens);

/** Any answer of the API is a sign of life, an error too. A proxy that stands before it and says sorry is none. */
const watchedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const type = response.headers.get('content-type') ?? '';
  if (/json|event-stream/.test(type)) heard();
  return type.includes('event-stream') ? endedWhenQuiet(response) : response;
};

/**
 * One for the whole page, so that everything on it is at least as new as everything else that was on it. It keeps no
 * answers: what is on the screen came from a server, and its chip says from which. Nothing is tried again behind the page's
 * back: what is shown is asked for again anyway, and an API that is away is not to be asked by everybody at once.
 */
export const pageClient = new Client({
  url: at('/graphql'),
  exchanges: [tokenExchange(pageTokens, { retry: { retries: 0 } }), fetchExchange],
  preferGetMethod: false,
  fetchSubscriptions: true,
  requestPolicy: 'network-only',
  fetch: watchedFetch,
});
