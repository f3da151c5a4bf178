import { gql, type TypedDocumentNode } from 'urql';
import type { Refusal } from './order-documents.ts';
import type { OrderWhere } from './order-variables.ts';

export type Job = {
  readonly id: string;
  readonly state: 'QUEUED' | 'RUNNING' | 'FINISHED';
  readonly total: number;
  readonly done: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly gone: number;
  readonly failed: number;
  readonly alreadyQueued: number;
  readonly consistencyToken: string | null;
};

const jobParts = gql`
  fragment JobParts on Job {
    id
    state
    total
    done
    changed
    unchanged
    gone
    failed
    alreadyQueued
    consistencyToken
  }
`;

export type RecheckInput = { readonly ids: readonly string[] } | { readonly where: OrderWhere; readonly limit: number };

export const recheckOrders: TypedDocumentNode<
  { recheckOrders: { readonly __typename: 'RecheckOrdersPayload'; readonly job: Job } | Refusal },
  { input: RecheckInput }
> = gql`
  mutation RecheckOrders($input: RecheckOrdersInput!) {
    recheckOrders(input: $input) {
      __typename
      ... on RecheckOrdersPayload {
        job {
          ...JobParts
        }
      }
      ... on UserError {
        code
        message
      }
      ... on InvalidInputError {
        faults {
          message
          path
        }
      }
    }
  }
  ${jobParts}
`;

export const jobProgress: TypedDocumentNode<{ jobProgress: Job }, { id: string }> = gql`
  subscription JobProgress($id: ID!) {
    jobProgress(id: $id) {
      ...JobParts
    }
  }
  ${jobParts}
`;
