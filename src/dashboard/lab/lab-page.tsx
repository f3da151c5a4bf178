import '../design/panels.css';
import './lab.css';
import { Button } from 'react-aria-components';
import { EmptyState } from '../states/empty-state.tsx';
import { ErrorState } from '../states/error-state.tsx';
import { LoadingState } from '../states/loading-state.tsx';
import { doneTo, type LabNode } from './lab-node.ts';
import { LabServers } from './lab-servers.tsx';
import { LoopPanel } from './loop-panel.tsx';
import { type LabState, useLab } from './use-lab.ts';

/** Injects faults into the servers of the local cluster, and shows what clients see meanwhile. */
export function LabPage() {
  const lab = useLab();
  if (!lab.exists) {
    return (
      <EmptyState title="The lab is not available here">
        <p>
          It comes with the local cluster of the command <code>start</code>, only for requests from this machine.
          Setting <code>LAB=0</code> disables it.
        </p>
      </EmptyState>
    );
  }
  if (lab.nodes === null) {
    return lab.failure === null ? (
      <LoadingState what="the lab" />
    ) : (
      <ErrorState failure={lab.failure} onRetry={lab.readState} />
    );
  }
  return (
    <>
      <header className="page-head">
        <h1>Lab</h1>
        <BeingDone nodes={lab.nodes} lab={lab} />
      </header>
      <div className="lab">
        <LoopPanel lab={lab} />
        <LabServers nodes={lab.nodes} lab={lab} />
      </div>
    </>
  );
}

function BeingDone({ nodes, lab }: { nodes: readonly LabNode[]; lab: LabState }) {
  const done = nodes.map(doneTo).filter((text) => text !== null);
  return (
    <>
      <p className="being-done" role="status">
        {done.length === 0 ? 'No faults injected.' : `${done.join(', ')}.`}
      </p>
      <span className="spring" />
      <Button className="button" isDisabled={done.length === 0} onPress={lab.undo}>
        Undo everything
      </Button>
    </>
  );
}
