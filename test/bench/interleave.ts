/**
 * Compares two things in one run: short rounds in the sequence A B, B A, A B, … so that whatever else changes meanwhile
 * (caches, the machine's temper) falls on both alike. Each neighbouring two are one pair, and only within a pair is compared.
 * The first round of each side warms up and is thrown away.
 */
export type Sides<Round> = {
  readonly a: (ms: number) => Promise<Round>;
  readonly b: (ms: number) => Promise<Round>;
};

export type Pair<Round> = { readonly a: Round; readonly b: Round };

export type Pace = {
  /** How long the whole comparison may take, warm-up included. */
  readonly seconds: number;
  readonly roundMs: number;
};

const fewestPairs = 4;

export async function interleave<Round>({ a, b }: Sides<Round>, { seconds, roundMs }: Pace): Promise<Pair<Round>[]> {
  const rounds = Math.floor((seconds * 1000) / roundMs) - 2;
  const pairCount = Math.max(fewestPairs, Math.floor(rounds / 4) * 2);
  await a(roundMs);
  await b(roundMs);
  const pairs: Pair<Round>[] = [];
  while (pairs.length < pairCount) {
    const first = await a(roundMs);
    pairs.push({ a: first, b: await b(roundMs) });
    const second = await b(roundMs);
    pairs.push({ a: await a(roundMs), b: second });
  }
  return pairs;
}
