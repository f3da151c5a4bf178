import { systemClock } from '../../src/platform/clock.ts';
import { type ApiAnswer, ask, type TestApi } from './in-process-api.ts';
import { createOrder, one, withToken } from './orders-over-http.ts';

export type OwnReads = {
  /** Own orders that were not found. */
  readonly missing: number;
  /** Who served, each name once. */
  readonly nodes: readonly string[];
  readonly reasons: readonly string[];
};

/**
 * Writes an order and reads it right away, again and again, as clients that carry nothing but the last token. Each third one
 * reads twice, with the token of its first read; each second one goes through `also` instead of the ordinary read.
 */
export async function readOwnOrders(
  api: TestApi,
  tries: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<OwnReads> {
  let missing = 0;
  const answers: ApiAnswer[] = [];
  for (let index = 0; index < tries; index += 1) {
    const { id, token } = await createOrder(api, { variables: { userId: index + 1 } });
    let carried = token;
    for (let read = 0; read < 1 + (index % 3 === 0 ? 1 : 0); read += 1) {
      const answer = await ask(api, one, { variables: { id }, headers: { ...headers, ...withToken(carried) } });
      if (answer.data?.order?.id !== id) missing += 1;
      carried = answer.token ?? carried;
      answers.push(answer);
    }
  }
  const all = (each: (answer: ApiAnswer) => string | null | undefined) => [
    ...new Set(answers.map((answer) => each(answer) ?? 'none')),
  ];
  return {
    missing,
    nodes: all(({ consistency }) => consistency?.servedBy?.node),
    reasons: all(({ consistency }) => consistency?.reason),
  };
}

export type SeenProblem = {
  readonly code: string;
  readonly node: string | null;
  readonly variable: string | null;
  readonly value: string | null;
  readonly cure: string | null;
};
export type SeenCluster = { readonly verdict: string; readonly problems: readonly SeenProblem[] };

export async function seenCluster(api: TestApi): Promise<SeenCluster> {
  const answer = await ask(
    api,
    '{ cluster { verdict nodes { name state trouble } problems { code node message variable value cure } } }',
  );
  return answer.data.cluster;
}

/** Resolves with what the API says when that is as wanted; rejects with what it said last. */
export async function untilSeen(api: TestApi, wanted: (seen: SeenCluster) => boolean): Promise<SeenCluster> {
  const deadlineMs = systemClock.monotonic() + 40_000;
  for (;;) {
    const seen = await seenCluster(api);
    if (wanted(seen)) return seen;
    if (systemClock.monotonic() > deadlineMs) throw new Error(`Never as wanted: ${JSON.stringify(seen, null, 1)}`);
    await systemClock.sleep(50);
  }
}
