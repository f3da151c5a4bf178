/** What the lab reports of a server, and what it can do to one. */
export type LabActionName = 'delay' | 'stop-applier' | 'start-applier' | 'kill' | 'start' | 'hang' | 'resume';

export type LabAction = { readonly name: LabActionName; readonly seconds?: number };

export type LabNode = {
  readonly name: string;
  readonly role: 'source' | 'replica' | 'backup';
  readonly state: 'running' | 'hung' | 'killed';
  readonly applier: 'running' | 'stopped' | null;
  readonly delayS: number | null;
  readonly doing: LabActionName | null;
};

/** Resolves to whether the action succeeded. */
export type LabAct = (node: string, action: LabAction, forS?: number) => Promise<boolean>;

/** The fault injected into a server, in words; `null` if none. */
export function doneTo({ name, state, applier, delayS }: LabNode): string | null {
  if (state === 'killed') return `${name} was killed`;
  if (state === 'hung') return `${name} hangs`;
  if (applier === 'stopped') return `${name} has its applier stopped`;
  if (delayS !== null && delayS > 0) return `${name} is ${delayS} s late`;
  return null;
}
