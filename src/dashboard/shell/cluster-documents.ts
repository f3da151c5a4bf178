import { gql, type TypedDocumentNode } from 'urql';

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
    }
  }
`;
