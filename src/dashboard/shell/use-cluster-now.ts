import { useEffect } from 'react';
import { type KeptAnswer, useAnswer } from '../graphql/use-answer.ts';
import { type ClusterNow, clusterNow } from './cluster-documents.ts';

const everyMs = 2000;
const noVariables = {};

/** How the servers are, asked again every two seconds while somebody looks. */
export function useClusterNow(): KeptAnswer<ClusterNow> {
  const answer = useAnswer(clusterNow, noVariables);
  const { refetch } = answer;
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) void refetch();
    }, everyMs);
    return () => clearInterval(timer);
  }, [refetch]);
  return answer;
}
