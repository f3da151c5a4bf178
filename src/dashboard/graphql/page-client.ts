import { Client, fetchExchange } from 'urql';
import { shareAcrossTabs, TokenStore } from '../../client/client.ts';
import { tokenExchange } from '../../client/urql.ts';

/** What the reader has seen and written, in this tab and in the others. */
export const pageTokens = new TokenStore();
shareAcrossTabs(pageTokens);

/**
 * One for the whole page, so that everything on it is at least as new as everything else that was on it. It keeps no
 * answers: what is on the screen came from a server, and its chip says from which.
 */
export const pageClient = new Client({
  url: '/graphql',
  exchanges: [tokenExchange(pageTokens), fetchExchange],
  preferGetMethod: false,
  fetchSubscriptions: true,
  requestPolicy: 'network-only',
});
