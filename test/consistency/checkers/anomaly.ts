export const guarantees = [
  'read your writes',
  'monotonic reads',
  'monotonic writes',
  'writes follow reads',
  'acknowledged writes last',
  'rejected writes stay invisible',
  'one key, one effect',
  'one version, one write',
  'bounded reads keep their bound',
] as const;
export type Guarantee = (typeof guarantees)[number];

/** One broken promise. `operations` are the ids that a reader needs to look at, the last one being where it showed. */
export type Anomaly = {
  readonly guarantee: Guarantee;
  readonly session: number;
  readonly operations: readonly number[];
  readonly explanation: string;
};
