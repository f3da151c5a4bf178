import { Client, fetchExchange } from 'urql';
import { tokenExchange } from './token-exchange.ts';

/**
 * One for the whole page, so that everything on it is at least as new as everything else that was on it. It keeps no
 * answers: what is on the screen came from a server, and its chip says from which.
 */
export const pageClient = new Client({
  url: '/graphql',
  exchanges: [tokenExchange(), fetchExchange],
  preferGetMethod: false,
  fetchSubscriptions: true,
  requestPolicy: 'network-only',
});
