import { useId } from 'react';
import { Button } from 'react-aria-components';
import type { LabAction, LabActionName, LabNode } from './lab-node.ts';
import type { LabState } from './use-lab.ts';

const delaysS = [0, 1, 2, 5, 10, 30, 60] as const;

const doing: Readonly<Record<LabActionName, string>> = {
  delay: 'changing the delay…',
  'stop-applier': 'stopping the applier…',
  'start-applier': 'starting the applier…',
  kill: 'killing…',
  start: 'starting…',
  hang: 'freezing it…',
  resume: 'resuming…',
};

const hues = { source: 'warn', replica: 'calm', backup: 'violet' } as const;
const states = { running: 'runs', hung: 'hangs', killed: 'killed' } as const;
const stateHues = { running: 'good', hung: 'bad', killed: 'bad' } as const;

/** Each server with the actions that are possible now. */
export function LabServers({ nodes, lab }: { nodes: readonly LabNode[]; lab: LabState }) {
  return (
    <section className="panel" aria-labelledby="servers-title">
      <header className="panel-head">
        <h2 id="servers-title">Servers</h2>
      </header>
      <p className="panel-lead">Faults affect all users of this cluster, and are reverted when the process exits.</p>
      <ul className="lab-servers">
        {nodes.map((node) => (
          <li key={node.name}>
            <Server node={node} act={(action) => lab.act(node.name, action)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

type ServerProps = { node: LabNode; act: (action: LabAction) => Promise<boolean> };

function Server({ node, act }: ServerProps) {
  const { name, role, state } = node;
  return (
    <article className="lab-server" aria-label={name}>
      <h3>{name}</h3>
      <span className="tag" data-hue={hues[role]}>
        {role}
      </span>
      <span className="tag" data-hue={stateHues[state]}>
        {states[state]}
      </span>
      {node.applier === 'stopped' && (
        <span className="tag" data-hue="warn">
          applier stopped
        </span>
      )}
      {node.delayS !== null && node.delayS > 0 && (
        <span className="tag" data-hue="warn">
          {node.delayS} s late
        </span>
      )}
      {node.doing !== null && <span className="soft">{doing[node.doing]}</span>}
      <div className="lab-actions">
        <Lateness node={node} act={act} />
        <Life node={node} act={act} />
      </div>
    </article>
  );
}

/** Actions that delay replication. Only replicas have an applier. */
function Lateness({ node: { name, role, state, applier, delayS, doing: busy }, act }: ServerProps) {
  const id = useId();
  if (role !== 'replica') return null;
  const isDisabled = state !== 'running' || busy !== null;
  const choices = [...new Set([...delaysS, delayS ?? 0])].sort((a, b) => a - b);
  return (
    <>
      {(delayS !== null || state !== 'running') && (
        <span className="lab-delay">
          <label htmlFor={id}>
            Delay<span className="unseen"> of {name}</span>
          </label>
          <select
            id={id}
            className="select"
            disabled={isDisabled}
            value={delayS ?? 0}
            onChange={(event) => void act({ name: 'delay', seconds: Number(event.target.value) })}
          >
            {choices.map((seconds) => (
              <option key={seconds} value={seconds}>
                {seconds === 0 ? 'none' : `${seconds} s`}
              </option>
            ))}
          </select>
        </span>
      )}
      {applier === 'stopped' ? (
        <Act name="start-applier" of={name} isDisabled={isDisabled} act={act}>
          Start applier
        </Act>
      ) : (
        <Act name="stop-applier" of={name} isDisabled={isDisabled} act={act}>
          Stop applier
        </Act>
      )}
    </>
  );
}

/** Actions that take a server away and bring it back. */
function Life({ node: { name, state, doing: busy }, act }: ServerProps) {
  const isDisabled = busy !== null;
  if (state === 'killed') {
    return (
      <Act name="start" of={name} isDisabled={isDisabled} act={act}>
        Start again
      </Act>
    );
  }
  return (
    <>
      <Act name={state === 'hung' ? 'resume' : 'hang'} of={name} isDisabled={isDisabled} act={act}>
        {state === 'hung' ? 'Resume' : 'Hang'}
      </Act>
      <Act name="kill" of={name} isDisabled={isDisabled} act={act} className="button button-bad">
        Kill
      </Act>
    </>
  );
}

type ActProps = {
  readonly name: LabActionName;
  readonly of: string;
  readonly isDisabled: boolean;
  readonly act: ServerProps['act'];
  readonly className?: string;
  readonly children: string;
};

function Act({ name, of, isDisabled, act, className = 'button', children }: ActProps) {
  return (
    <Button
      className={className}
      isDisabled={isDisabled}
      onPress={() => void act({ name })}
      aria-label={`${children} ${of}`}
    >
      {children}
    </Button>
  );
}
