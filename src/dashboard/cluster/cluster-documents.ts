import { gql, type TypedDocumentNode } from 'urql';
import type { ClusterProblem } from '../shell/cluster-documents.ts';

export type NodeDetails = {
  readonly name: string;
  readonly state: 'HEALTHY' | 'DEGRADED' | 'DOWN' | 'UNKNOWN';
  readonly trouble: string | null;
  readonly role: 'SOURCE' | 'REPLICA' | 'BACKUP' | null;
  readonly configuredRole: 'SOURCE' | 'REPLICA' | 'BACKUP';
  readonly position: string | null;
  readonly lagMs: number | null;
  readonly lagTransactions: number | null;
  readonly applier: 'RUNNING' | 'STOPPED' | 'NONE' | null;
  readonly ageMs: number | null;
};

export type MirrorDetails = {
  readonly state: string;
  readonly waiting: number | null;
  readonly parked: number | null;
  readonly oldestAgeMs: number | null;
  readonly lastComparedAt: string | null;
  readonly mismatches: number | null;
};

export type ClusterDetails = {
  readonly cluster: {
    readonly verdict: 'HEALTHY' | 'DEGRADED' | 'DOWN';
    readonly epoch: number | null;
    readonly source: string | null;
    readonly reads: boolean;
    readonly writes: boolean;
    /** `null` if none is configured. */
    readonly redis: { readonly trouble: string | null } | null;
    readonly nodes: readonly NodeDetails[];
    readonly problems: readonly ClusterProblem[];
    /** `null` without a backup. */
    readonly mirror: MirrorDetails | null;
  };
};

export const clusterDetails: TypedDocumentNode<ClusterDetails, Record<string, never>> = gql`
  query ClusterDetails {
    cluster {
      verdict
      epoch
      source
      reads
      writes
      redis {
        trouble
      }
      nodes {
        name
        state
        trouble
        role
        configuredRole
        position
        lagMs
        lagTransactions
        applier
        ageMs
      }
      problems {
        code
        message
        variable
        value
        cure
      }
      mirror {
        state
        waiting
        parked
        oldestAgeMs
        lastComparedAt
        mismatches
      }
    }
  }
`;

export type QueueDetails = {
  readonly kind: string;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly dead: number;
  readonly workers: number;
};

export type JobsDetails = {
  readonly jobs: {
    readonly available: boolean;
    readonly trouble: string | null;
    readonly queues: readonly QueueDetails[] | null;
  };
};

export const jobsDetails: TypedDocumentNode<JobsDetails, Record<string, never>> = gql`
  query JobsDetails {
    jobs {
      available
      trouble
      queues {
        kind
        waiting
        active
        delayed
        dead
        workers
      }
    }
  }
`;

export type ClusterHappening = {
  readonly name: string;
  readonly severity: 'INFO' | 'WARN' | 'ERROR';
  readonly at: string;
  readonly node: string | null;
  readonly description: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
};

export const clusterEventLog: TypedDocumentNode<
  { readonly clusterEventLog: readonly ClusterHappening[] },
  { last: number }
> = gql`
  query ClusterEventLog($last: Int!) {
    clusterEventLog(last: $last) {
      name
      severity
      at
      node
      description
      facts {
        name
        value
      }
    }
  }
`;

export const clusterEvents: TypedDocumentNode<
  { readonly clusterEvents: ClusterHappening },
  Record<string, never>
> = gql`
  subscription ClusterEvents {
    clusterEvents {
      name
      severity
      at
      node
      description
      facts {
        name
        value
      }
    }
  }
`;
