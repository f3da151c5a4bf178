import { gql, type TypedDocumentNode } from 'urql';
import type { Refusal } from './order-documents.ts';
import type { OrderWhere } from './order-variables.ts';

export type Job = {
  readonly id: string;
  readonly kind: 'RECHECK_ORDERS' | 'REFRESH_NEW_ORDERS';
  readonly state: 'QUEUED' | 'RUNNING' | 'FINISHED' | 'CANCELLED';
  readonly queuedAt: string;
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
    kind
    state
    queuedAt
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

/** `null` while jobs are unavailable. */
export const recentJobs: TypedDocumentNode<
  { readonly jobs: { readonly recent: readonly Job[] | null } },
  { last: number }
> = gql`
  query RecentJobs($last: Int!) {
    jobs {
      recent(last: $last) {
        ...JobParts
      }
    }
  }
  ${jobParts}
`;

/** Queries this many jobs by id; `null` for those that no longer exist. */
export function ownJobs(
  count: number,
): TypedDocumentNode<{ readonly jobs: Readonly<Record<string, Job | null>> }, Readonly<Record<string, string>>> {
  const places = Array.from({ length: Math.max(1, count) }, (_, place) => place);
  return gql`
  query OwnJobs(${places.map((place) => `$id${place}: ID!`).join(', ')}) {
    jobs {
      ${places.map((place) => `job${place}: job(id: $id${place}) { ...JobParts }`).join('\n      ')}
    }
  }
  ${jobParts}
`;
}

export const cancelJob: TypedDocumentNode<
  { cancelJob: { readonly __typename: 'CancelJobPayload'; readonly job: Job } | Refusal },
  { input: { readonly id: string } }
> = gql`
  mutation CancelJob($input: CancelJobInput!) {
    cancelJob(input: $input) {
      __typename
      ... on CancelJobPayload {
        job {
          ...JobParts
        }
      }
      ... on UserError {
        code
        message
      }
    }
  }
  ${jobParts}
`;
