/** What may be done to a server of the local cluster on purpose, and when it makes no sense. */
import type { LocalNodeRole } from '../local-node.ts';
import type { Topology } from '../server-flavour.ts';

export const labActions = ['delay', 'stop-applier', 'start-applier', 'kill', 'start', 'hang', 'resume'] as const;
export type LabActionName = (typeof labActions)[number];

/** `delay` makes a replica apply everything that many whole seconds late; 0 ends it. */
export type LabAction =
  | { readonly name: 'delay'; readonly seconds: number }
  | { readonly name: Exclude<LabActionName, 'delay'> };

export type LabNode = {
  readonly name: string;
  /** As the server says; as it was when it last said so while it does not answer. */
  readonly role: LocalNodeRole;
  readonly state: 'running' | 'hung' | 'killed';
  /** Whether it applies what it receives; `null` when it applies nothing, or nobody knows. */
  readonly applier: 'running' | 'stopped' | null;
  /** Whole seconds that it is made to apply late; `null` when it cannot be, or nobody knows. */
  readonly delayS: number | null;
  /** What is being done to it right now. */
  readonly doing: LabActionName | null;
};

/** Why an action would make no sense now, in words; `null` when it may be done. */
export function refusalOf({ name }: LabAction, node: LabNode, topology: Topology): string | null {
  if (node.doing !== null) return `${node.name} is busy: ${node.doing} is not done yet`;
  switch (name) {
    case 'kill':
      return node.state === 'killed' ? `${node.name} does not run` : null;
    case 'start':
      return node.state === 'killed' ? null : `${node.name} runs already${node.state === 'hung' ? ', but hangs' : ''}`;
    case 'hang':
      return node.state === 'running' ? null : `${node.name} ${inWords(node)}`;
    case 'resume':
      return node.state === 'hung' ? null : `${node.name} does not hang`;
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
  if (node.role !== 'replica') return `${node.name} is the ${node.role}: it applies nothing`;
  return null;
}

function inWords({ state }: LabNode): string {
  return state === 'hung' ? 'hangs' : 'does not run';
}

/** Nothing is done to it that should be undone. */
export function isUntouched({ state, applier, delayS }: LabNode): boolean {
  return state === 'running' && applier !== 'stopped' && (delayS ?? 0) === 0;
}
