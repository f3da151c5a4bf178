/** What the lab may do to a server of the local cluster, and why an action is refused. */
import type { LocalNodeRole } from '../local-node.ts';
import type { Topology } from '../server-flavour.ts';

export const labActions = ['delay', 'stop-applier', 'start-applier', 'kill', 'start', 'hang', 'resume'] as const;
export type LabActionName = (typeof labActions)[number];

/** `delay` makes a replica apply every change this many whole seconds late; 0 ends it. */
export type LabAction =
  | { readonly name: 'delay'; readonly seconds: number }
  | { readonly name: Exclude<LabActionName, 'delay'> };

export type LabNode = {
  readonly name: string;
  /** As reported by the server; its last reported role while it does not answer. */
  readonly role: LocalNodeRole;
  readonly state: 'running' | 'hung' | 'killed';
  /** Whether it applies what it receives; `null` if it is not a replica, or if unknown. */
  readonly applier: 'running' | 'stopped' | null;
  /** The configured delay in whole seconds; `null` if it cannot be delayed, or if unknown. */
  readonly delayS: number | null;
  /** The action in progress. */
  readonly doing: LabActionName | null;
};

/** Why an action is refused now; `null` if it is allowed. */
export function refusalOf({ name }: LabAction, node: LabNode, topology: Topology): string | null {
  if (node.doing !== null) return `${node.name} is busy: ${node.doing} is still in progress`;
  switch (name) {
    case 'kill':
      return node.state === 'killed' ? `${node.name} is not running` : null;
    case 'start':
      return node.state === 'killed'
        ? null
        : `${node.name} is already running${node.state === 'hung' ? ', but hung' : ''}`;
    case 'hang':
      return node.state === 'running' ? null : `${node.name} ${inWords(node)}`;
    case 'resume':
      return node.state === 'hung' ? null : `${node.name} is not hung`;
    case 'delay':
      if (topology === 'group') return 'members of a group cannot be delayed; stop the applier instead';
      return refusalToChangeApplier(node);
    case 'stop-applier':
    case 'start-applier':
      return refusalToChangeApplier(node);
    default:
      return name satisfies never;
  }
}

function refusalToChangeApplier(node: LabNode): string | null {
  if (node.state !== 'running') return `${node.name} ${inWords(node)}`;
  if (node.role !== 'replica') return `${node.name} is the ${node.role}: it does not replicate`;
  return null;
}

function inWords({ state }: LabNode): string {
  return state === 'hung' ? 'is hung' : 'is not running';
}

/** There is nothing to undo. */
export function isUntouched({ state, applier, delayS }: LabNode): boolean {
  return state === 'running' && applier !== 'stopped' && (delayS ?? 0) === 0;
}
