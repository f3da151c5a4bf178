import { gql, type TypedDocumentNode } from 'urql';

export type Money = { readonly amount: string; readonly currency: string };

export type OrderRow = {
  readonly id: string;
  readonly number: string;
  readonly userId: string;
  readonly status: string;
  readonly total: Money;
  readonly charge: Money | null;
  readonly processedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
};

export type OrderPage = {
  readonly orders: {
    readonly nodes: readonly OrderRow[];
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly hasPreviousPage: boolean;
      readonly startCursor: string | null;
      readonly endCursor: string | null;
    };
  };
};

export const orderPage: TypedDocumentNode<OrderPage, { first: number }> = gql`
  query OrderPage($first: Int) {
    orders(first: $first) {
      nodes {
        id
        number
        userId
        status
        total {
          amount
          currency
        }
        charge {
          amount
          currency
        }
        processedAt
        createdAt
        updatedAt
        version
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`;
