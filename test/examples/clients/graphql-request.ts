import { GraphQLClient } from 'graphql-request';
import { TokenStore } from 'tidemark/client';
import { tokenMiddleware } from 'tidemark/client/graphql-request';

export function connect(url: string) {
  return new GraphQLClient(url, tokenMiddleware(new TokenStore()));
}
