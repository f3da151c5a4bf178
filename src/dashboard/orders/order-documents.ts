import { gql, type TypedDocumentNode } from 'urql';
import type { OrderPageVariables, OrderWhere } from './order-variables.ts';
import type { OrderStatus } from './order-view.ts';

export type Money = { readonly amount: string; readonly currency: string };

export type OrderRow = {
  readonly id: string;
  readonly number: string;
  readonly userId: string;
  readonly status: OrderStatus;
  readonly total: Money;
  readonly charge: Money | null;
  readonly processedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
};

export type OrderItem = {
  readonly line: number;
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPrice: string;
  readonly lineTotal: string;
};

export type FullOrder = OrderRow & { readonly items: readonly OrderItem[] };

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

export const rowParts = gql`
  fragment RowParts on Order {
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
`;

export const orderPage: TypedDocumentNode<OrderPage, OrderPageVariables> = gql`
  query OrderPage($where: OrderFilter, $orderBy: OrderSort!, $first: Int, $last: Int, $after: String, $before: String) {
    orders(where: $where, orderBy: $orderBy, first: $first, last: $last, after: $after, before: $before) {
      nodes {
        ...RowParts
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
  ${rowParts}
`;

export type OrderNumbers = {
  readonly orderCounts: {
    readonly total: number;
    readonly pending: number;
    readonly missingCharge: number;
    readonly missingProcessedAt: number;
  };
  /** Number of matching orders; only present if requested. */
  readonly orders?: { readonly totalCount: number };
};

export const orderNumbers: TypedDocumentNode<OrderNumbers, { where: OrderWhere; filtered: boolean }> = gql`
  query OrderNumbers($where: OrderFilter, $filtered: Boolean!) {
    orderCounts {
      total
      pending
      missingCharge
      missingProcessedAt
    }
    orders(where: $where) @include(if: $filtered) {
      totalCount
    }
  }
`;

export const oneOrder: TypedDocumentNode<{ order: FullOrder | null }, { number: string }> = gql`
  query OneOrder($number: String!) {
    order(by: { number: $number }) {
      ...RowParts
      items {
        line
        sku
        name
        quantity
        unitPrice
        lineTotal
      }
    }
  }
  ${rowParts}
`;

/** A refusal returned as data: nothing was written. */
export type Refusal = {
  readonly __typename: string;
  readonly code: string;
  readonly message: string;
  readonly faults?: readonly { readonly message: string; readonly path: readonly string[] }[];
  readonly current?: OrderRow;
  readonly allowed?: readonly OrderStatus[];
};

const refusalParts = gql`
  fragment RefusalParts on UserError {
    __typename
    code
    message
    ... on InvalidInputError {
      faults {
        message
        path
      }
    }
    ... on InvalidStatusTransitionError {
      allowed
    }
    ... on VersionConflictError {
      current {
        ...RowParts
      }
    }
  }
  ${rowParts}
`;

export type CreateInput = {
  readonly userId: string;
  readonly number?: string;
  readonly currency: string;
  readonly items: readonly { sku: string; name: string; quantity: number; unitPrice: string }[];
  readonly idempotencyKey: string;
};
export type OrderPayload = {
  readonly __typename: 'CreateOrderPayload' | 'UpdateOrderPayload';
  readonly order: OrderRow;
};

export const createOrder: TypedDocumentNode<{ createOrder: OrderPayload | Refusal }, { input: CreateInput }> = gql`
  mutation CreateOrder($input: CreateOrderInput!) {
    createOrder(input: $input) {
      __typename
      ... on CreateOrderPayload {
        order {
          ...RowParts
        }
      }
      ...RefusalParts
    }
  }
  ${refusalParts}
`;

export type OrderChange = {
  readonly status?: OrderStatus;
  readonly charge?: string | null;
  readonly processedAt?: string | null;
};
type Target = { readonly id: string; readonly expectedVersion: number; readonly idempotencyKey: string };

export const updateOrder: TypedDocumentNode<{ updateOrder: OrderPayload | Refusal }, { input: OrderChange & Target }> =
  gql`
  mutation UpdateOrder($input: UpdateOrderInput!) {
    updateOrder(input: $input) {
      __typename
      ... on UpdateOrderPayload {
        order {
          ...RowParts
        }
      }
      ...RefusalParts
    }
  }
  ${refusalParts}
`;

export type DeletePayload = { readonly __typename: 'DeleteOrderPayload'; readonly deletedOrderId: string };

export const deleteOrder: TypedDocumentNode<{ deleteOrder: DeletePayload | Refusal }, { input: Target }> = gql`
  mutation DeleteOrder($input: DeleteOrderInput!) {
    deleteOrder(input: $input) {
      __typename
      ... on DeleteOrderPayload {
        deletedOrderId
      }
      ...RefusalParts
    }
  }
  ${refusalParts}
`;
