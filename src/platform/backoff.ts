export type BackoffOptions = {
  readonly firstMs: number;
  readonly factor: number;
  readonly maxMs: number;
};

/** Delay before retry number `attempt` (0 is the first), minus a random part of up to half. `random` returns numbers in [0, 1). */
export function backoffMs(attempt: number, options: BackoffOptions, random: () => number): number {
  const ceiling = Math.min(options.maxMs, options.firstMs * options.factor ** attempt);
  return ceiling * (0.5 + random() / 2);
}

/** `intervalMs` with a jitter of up to a tenth either way, so that many loops do not run in step. */
export function jittered(intervalMs: number, random: () => number): number {
  return intervalMs * (0.9 + random() * 0.2);
}
