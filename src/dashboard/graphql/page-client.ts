import { Client, fetchExchange } from 'urql';
import { shareAcrossTabs, TokenStore } from '../../client/client.ts';
import { tokenExchange } from '../../client/urql.ts';
import { at } from '../shell/base-path.ts';
import { heard } from './contact.ts';
import { endedWhenQuiet } from './quiet-stream.ts';

/** What the user has seen and written, in this tab and in the others. */
export const pageTokens = new TokenStore();
shareAcrossTabs(pageTokens);

/** Any answer of the API proves that it is alive, even an error. An error page of a proxy in front of it does not. */
const watchedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const type = response.headers.get('content-type') ?? '';
  if (/json|event-stream/.test(type)) heard();
  return type.includes('event-stream') ? endedWhenQuiet(response) : response;
};

/**
 * One client for the whole page, so that everything shown is at least as new as everything shown before. It caches nothing: what
 * is on the screen came from the server that its chip names. It does not retry by itself: the page asks again anyway, and an API
 * that is down must not be flooded.
 */
export const pageClient = new Client({
  url: at('/graphql'),
  exchanges: [tokenExchange(pageTokens, { retry: { retries: 0 } }), fetchExchange],
  preferGetMethod: false,
  fetchSubscriptions: true,
  requestPolicy: 'network-only',
  fetch: watchedFetch,
});
