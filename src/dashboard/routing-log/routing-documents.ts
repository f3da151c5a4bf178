import { gql, type TypedDocumentNode } from 'urql';

export type RoutedOperation = {
  readonly sequence: number;
  readonly at: string;
  readonly kind: 'QUERY' | 'MUTATION';
  readonly name: string | null;
  readonly node: string | null;
  readonly role: string | null;
  readonly reason: string | null;
  readonly level: string;
  readonly required: string | null;
  readonly waitedMs: number;
  readonly tookMs: number;
  readonly errorCode: string | null;
  readonly missed: number;
};

export type RoutingFilter = {
  readonly node?: string;
  readonly role?: string;
  readonly reasons?: readonly string[];
  readonly level?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly failed?: boolean;
  readonly minWaitedMs?: number;
};

export const routingLog: TypedDocumentNode<
  { readonly routingLog: readonly RoutedOperation[] | null },
  { filter: RoutingFilter; last: number }
> = gql`
  query RoutingLog($filter: RoutingLogFilter, $last: Int!) {
    routingLog(filter: $filter, last: $last) {
      sequence
      at
      kind
      name
      node
      role
      reason
      level
      required
      waitedMs
      tookMs
      errorCode
      missed
    }
  }
`;

export const routingLogged: TypedDocumentNode<{ readonly routingLogged: RoutedOperation }, { filter: RoutingFilter }> =
  gql`
    subscription RoutingLogged($filter: RoutingLogFilter) {
      routingLogged(filter: $filter) {
        sequence
        at
        kind
        name
        node
        role
        reason
        level
        required
        waitedMs
        tookMs
        errorCode
        missed
      }
    }
  `;
