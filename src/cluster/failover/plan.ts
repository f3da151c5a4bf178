/** A failover plan as a value: the steps in order, or why there are none. All of it can be shown before it happens. */
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
      /** What the operator should know before confirming: what is lost, which servers are left out. */
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
      return `${step.node} refuses new writes and lets running ones end`;
    case 'catch-up':
      return `${step.node} applies everything that ${step.source} has`;
    case 'stop-replicating':
      return step.forget ? `${step.node} stops replicating for good` : `${step.node} stops replicating`;
    case 'copy':
      return `${step.node} discards its data and copies that of ${step.source}`;
    case 'follow':
      return `${step.node} replicates ${step.source} and refuses writes`;
    case 'record-epoch':
      return `${step.node} records the start of epoch ${step.epoch} and the end of the previous one`;
    case 'accept-writes':
      return `${step.node} accepts writes`;
    default:
      return step satisfies never;
  }
}
