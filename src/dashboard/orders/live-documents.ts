import { gql, type TypedDocumentNode } from 'urql';
import { type OrderRow, rowParts } from './order-documents.ts';

export type OrderChange = {
  readonly orderChanged: {
    readonly kind: 'CREATED' | 'UPDATED' | 'DELETED';
    readonly orderId: string;
    readonly order: OrderRow | null;
    readonly at: string;
    readonly consistencyToken: string;
    readonly missed: number;
  };
};

export const orderChanged: TypedDocumentNode<OrderChange, Record<string, never>> = gql`
  subscription OrderChanged {
    orderChanged {
      kind
      orderId
      at
      consistencyToken
      missed
      order {
        ...RowParts
      }
    }
  }
  ${rowParts}
`;
