import { useCallback, useEffect, useRef, useState } from 'react';
import type { Failure } from '../graphql/failure.ts';
import { announce } from '../shell/announcements.tsx';
import type { LabAct, LabNode } from './lab-node.ts';
import { actInLab, type LabAnswer, lookAtLab, undoAll } from './lab-server.ts';

const everyMs = 1000;

export type LabState = {
  /** `null` until the first answer. */
  readonly nodes: readonly LabNode[] | null;
  /** False where there is no lab. */
  readonly exists: boolean;
  readonly failure: Failure | null;
  readonly look: () => Promise<void>;
  /** What is refused is announced. */
  readonly act: LabAct;
  readonly undo: () => Promise<boolean>;
};

/** The servers of the lab, asked for every second while somebody looks. */
export function useLab(): LabState {
  const [{ nodes, exists, failure }, setKept] = useState<Pick<LabState, 'nodes' | 'exists' | 'failure'>>({
    nodes: null,
    exists: true,
    failure: null,
  });
  const asking = useRef(false);
  const take = useCallback(({ nodes: seen, failure: fault }: LabAnswer) => {
    setKept((before) =>
      fault === null ? { nodes: seen, exists: seen !== null, failure: null } : { ...before, failure: fault },
    );
  }, []);
  const look = useCallback(async () => {
    if (asking.current) return;
    asking.current = true;
    try {
      take(await lookAtLab());
    } finally {
      asking.current = false;
    }
  }, [take]);
  useEffect(() => {
    void look();
    const timer = setInterval(() => {
      if (!document.hidden) void look();
    }, everyMs);
    return () => clearInterval(timer);
  }, [look]);
  const carryOut = useCallback(
    async (asked: Promise<LabAnswer>) => {
      // What is being done shows at once, not when it is over.
      void look();
      const answer = await asked;
      if (answer.failure === null) take(answer);
      else announce(answer.failure.message, 'bad');
      return answer.failure === null;
    },
    [look, take],
  );
  return {
    nodes,
    exists,
    failure,
    look,
    act: useCallback((node, action) => carryOut(actInLab(node, action)), [carryOut]),
    undo: useCallback(() => carryOut(undoAll()), [carryOut]),
  };
}
