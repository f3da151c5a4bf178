import { Client, cacheExchange, fetchExchange } from '@urql/core';
import { TokenStore } from 'tidemark/client';
import { tokenExchange } from 'tidemark/client/urql';

export function connect(url: string) {
  return new Client({ url, exchanges: [cacheExchange, tokenExchange(new TokenStore()), fetchExchange] });
}
