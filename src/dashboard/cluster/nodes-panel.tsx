import { ageInWords } from '../answers/age-words.ts';
import { Clock } from '../shell/moment.tsx';
import { useNow } from '../shell/use-now.ts';
import type { NodeDetails } from './cluster-documents.ts';
import { lagInWords, positionInShort } from './node-words.ts';
import { isLate } from './situation.ts';

const stateHues = { HEALTHY: 'good', DEGRADED: 'warn', DOWN: 'bad', UNKNOWN: 'none' } as const;
const roleHues = { SOURCE: 'warn', REPLICA: 'calm', BACKUP: 'violet' } as const;

/** One row per server; one card each on a narrow screen. */
export function NodesPanel({
  nodes,
  unknownSinceMs,
}: {
  nodes: readonly NodeDetails[];
  /** When the API stopped answering; `null` while it answers. */
  unknownSinceMs: number | null;
}) {
  return (
    <section className="panel" aria-labelledby="nodes-title">
      <h2 id="nodes-title">Servers</h2>
      <table className="rows cards-when-narrow">
        <thead>
          <tr>
            <th scope="col">Server</th>
            <th scope="col">Role</th>
            <th scope="col">State</th>
            <th scope="col" className="figures">
              Lag
            </th>
            <th scope="col" className="figures">
              Transactions behind
            </th>
            <th scope="col">Applier</th>
            <th scope="col">Position</th>
            <th scope="col" className="figures">
              Last seen
            </th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => (
            <NodeRow key={node.name} node={node} unknownSinceMs={unknownSinceMs} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function NodeRow({ node, unknownSinceMs }: { node: NodeDetails; unknownSinceMs: number | null }) {
  const { name, role, configuredRole, state, trouble, lagMs, lagTransactions, applier, position, ageMs } = node;
  const shownRole = role ?? configuredRole;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td data-label="Role">
        <span className="tag" data-hue={role === null ? 'none' : roleHues[role]}>
          {shownRole.toLowerCase()}
        </span>
        {role === null && <span className="soft"> as configured</span>}
        {role !== null && role !== configuredRole && (
          <span className="soft"> configured as {configuredRole.toLowerCase()}</span>
        )}
      </td>
      <td data-label="State">
        {unknownSinceMs === null ? (
          <span className="tag" data-hue={stateHues[state]}>
            {state.toLowerCase()}
          </span>
        ) : (
          <>
            <span className="tag">
              unknown since <Clock atMs={unknownSinceMs} />
            </span>{' '}
            <span className="soft">was {state.toLowerCase()}</span>
          </>
        )}
        {unknownSinceMs === null && isLate(node) && (
          <>
            {' '}
            <span className="tag" data-hue="warn">
              late
            </span>
          </>
        )}
        {trouble !== null && <span className="why"> {trouble}</span>}
      </td>
      <td data-label="Lag" className="figures">
        {lagInWords(lagMs)}
      </td>
      <td data-label="Behind" className="figures">
        {lagTransactions ?? '–'}
      </td>
      <td data-label="Applier">{applier === null || applier === 'NONE' ? '–' : applier.toLowerCase()}</td>
      <td data-label="Position" className="position">
        {position === null ? '–' : <code title={position}>{positionInShort(position)}</code>}
      </td>
      <td data-label="Last seen" className="figures">
        <LastSeen ageMs={ageMs} unknownSinceMs={unknownSinceMs} />
      </td>
    </tr>
  );
}

/** Adds the age of the API's observation and the age of the API's answer. */
function LastSeen({ ageMs, unknownSinceMs }: { ageMs: number | null; unknownSinceMs: number | null }) {
  const nowMs = useNow();
  if (ageMs === null) return 'never';
  const age = ageInWords(ageMs + (unknownSinceMs === null ? 0 : nowMs - unknownSinceMs));
  return age === 'now' ? age : `${age} ago`;
}
