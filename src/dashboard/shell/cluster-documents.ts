import { gql, type TypedDocumentNode } from 'urql';

export type ClusterProblem = {
  readonly code: string;
  readonly message: string;
  readonly variable: string | null;
  readonly value: string | null;
  readonly cure: string | null;
};

export type ClusterNow = {
  readonly cluster: {
    readonly verdict: 'HEALTHY' | 'DEGRADED' | 'DOWN';
    readonly reads: boolean;
    readonly writes: boolean;
    readonly source: string | null;
    readonly redis: { readonly trouble: string | null } | null;
    readonly nodes: readonly {
      readonly name: string;
      readonly state: 'HEALTHY' | 'DEGRADED' | 'DOWN' | 'UNKNOWN';
      readonly role: string | null;
      readonly configuredRole: string;
      readonly trouble: string | null;
    }[];
    readonly problems: readonly ClusterProblem[];
  };
};

export const clusterNow: TypedDocumentNode<ClusterNow, Record<string, never>> = gql`
  query ClusterNow {
    cluster {
      verdict
      reads
      writes
      source
      redis {
        trouble
      }
      nodes {
        name
        state
        role
        configuredRole
        trouble
      }
      problems {
        code
        message
        variable
        value
        cure
      }
    }
  }
`;
