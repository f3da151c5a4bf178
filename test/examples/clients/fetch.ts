import { TokenStore, tokenFetch } from 'tidemark/client';

export function connect(url: string) {
  const fetch = tokenFetch(new TokenStore());
  const headers = { 'content-type': 'application/json' };
  return async (query: string, variables: object = {}) => {
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    return response.json();
  };
}
