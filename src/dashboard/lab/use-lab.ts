import { useCallback, useEffect, useRef, useState } from 'react';
import { contactNow } from '../graphql/contact.ts';
import type { Failure } from '../graphql/failure.ts';
import { announce } from '../shell/announcements.tsx';
import { useClusterNow } from '../shell/use-cluster-now.ts';
import type { LabAct, LabNode } from './lab-node.ts';
import { actInLab, type LabAnswer, readLab, undoAll } from './lab-server.ts';

/** Polling intervals: at rest, and during an action and for a while after it. */
const restMs = 30_000;
const livelyMs = 1000;
const livelyForMs = 15_000;

export type LabState = {
  /** `null` until the first answer. */
  readonly nodes: readonly LabNode[] | null;
  /** False if there is no lab. */
  readonly exists: boolean;
  readonly failure: Failure | null;
  readonly readState: () => Promise<void>;
  /** Announces refusals. */
  readonly act: LabAct;
  readonly undo: () => Promise<boolean>;
};

/** The servers of the lab, polled every second while an action is running, otherwise rarely. */
export function useLab(): LabState {
  const [{ nodes, exists, failure }, setKept] = useState<Pick<LabState, 'nodes' | 'exists' | 'failure'>>({
    nodes: null,
    exists: true,
    failure: null,
  });
  const asking = useRef(false);
  const isBusy = useRef(false);
  const actedMs = useRef(Number.NEGATIVE_INFINITY);
  const take = useCallback(({ nodes: seen, failure: fault }: LabAnswer) => {
    setKept((before) =>
      fault === null ? { nodes: seen, exists: seen !== null, failure: null } : { ...before, failure: fault },
    );
  }, []);
  const readState = useCallback(async () => {
    if (asking.current) return;
    asking.current = true;
    try {
      take(await readLab());
    } finally {
      asking.current = false;
    }
  }, [take]);
  useEffect(() => {
    void readState();
    let probedMs = performance.now();
    const timer = setInterval(() => {
      const nowMs = performance.now();
      const everyMs = isBusy.current || nowMs - actedMs.current < livelyForMs ? livelyMs : restMs;
      if (document.hidden || contactNow().silent || nowMs - probedMs < everyMs) return;
      probedMs = nowMs;
      void readState();
    }, livelyMs / 2);
    return () => clearInterval(timer);
  }, [readState]);
  // A fault injected elsewhere shows in the state of the cluster.
  const { cluster } = useClusterNow();
  const states = cluster?.nodes.map(({ state }) => state).join() ?? '';
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of a state is a reason to poll
  useEffect(() => {
    void readState();
  }, [states, readState]);
  isBusy.current = nodes?.some(({ doing }) => doing !== null) === true;
  const carryOut = useCallback(
    async (asked: Promise<LabAnswer>) => {
      // Shows an action while it runs, not only when it is over.
      actedMs.current = performance.now();
      void readState();
      const answer = await asked;
      actedMs.current = performance.now();
      if (answer.failure === null) take(answer);
      else announce(answer.failure.message, 'bad');
      return answer.failure === null;
    },
    [readState, take],
  );
  return {
    nodes,
    exists,
    failure,
    readState,
    act: useCallback((node, action, forS) => carryOut(actInLab(node, action, forS)), [carryOut]),
    undo: useCallback(() => carryOut(undoAll()), [carryOut]),
  };
}
