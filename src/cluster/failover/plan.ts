/** A failover as a value: what would be done, in order, or why nothing is. Everything here can be shown before it happens. */
export type Step =
  | { readonly kind: 'stop-receiving'; readonly node: string }
  | { readonly kind: 'apply-received'; readonly node: string }
  | { readonly kind: 'refuse-writes'; readonly node: string }
  | { readonly kind: 'catch-up'; readonly node: string; readonly source: string }
  | { readonly kind: 'stop-replicating'; readonly node: string; readonly forget: boolean }
  | { readonly kind: 'copy'; readonly node: string; readonly source: string }
  | { readonly kind: 'follow'; readonly node: string; readonly source: string }
  | { readonly kind: 'record-epoch'; readonly node: string; readonly epoch: number }
  | { readonly kind: 'accept-writes'; readonly node: string };

export type Decision =
  | {
      readonly verdict: 'go';
      readonly steps: readonly Step[];
      /** What the reader should know before saying yes: what is lost, who is left out. */
      readonly notes: readonly string[];
    }
  | { readonly verdict: 'nothing'; readonly why: string }
  | { readonly verdict: 'refused'; readonly reasons: readonly string[] };

export const refused = (...reasons: readonly string[]): Decision => ({ verdict: 'refused', reasons });

export function describeStep(step: Step): string {
  switch (step.kind) {
    case 'stop-receiving':
      return `${step.node} stops receiving`;
    case 'apply-received':
      return `${step.node} applies what it has received`;
    case 'refuse-writes':
      return `${step.node} refuses writes from now on, when those that run have ended`;
    case 'catch-up':
      return `${step.node} applies everything that ${step.source} has`;
    case 'stop-replicating':
      return step.forget ? `${step.node} replicates nobody any more` : `${step.node} stops replicating`;
    case 'copy':
      return `${step.node} throws away all that it holds, and copies what ${step.source} holds`;
    case 'follow':
      return `${step.node} replicates ${step.source} and refuses writes`;
    case 'record-epoch':
      return `${step.node} records that epoch ${step.epoch} begins, and where the history before it ended`;
    case 'accept-writes':
      return `${step.node} accepts writes`;
    default:
      return step satisfies never;
  }
}
