import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { TokenStore } from 'tidemark/client';
import { tokenLink } from 'tidemark/client/apollo';

export function connect(url: string) {
  const tokens = new ApolloLink(tokenLink(new TokenStore()));
  return new ApolloClient({ link: ApolloLink.from([tokens, new HttpLink({ uri: url })]), cache: new InMemoryCache() });
}
