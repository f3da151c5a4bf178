import type { Bench } from '../bench.ts';
import { findingOfPairs } from '../finding.ts';
import { HttpConnection, headerOf } from '../http-connection.ts';
import { interleave } from '../interleave.ts';
import { closedLoop } from '../load.ts';
import { type Asking, assertAnswered, createRequest } from '../order-operations.ts';
import { median, rounded } from '../statistics.ts';

export const writeWithCapture: Bench = {
  name: 'write-with-capture',
  title: 'throughput of createOrder with token, over the same with capture off',

  async measure({ laboratory, seconds, concurrency, random }) {
    const withCapture = await writers((await laboratory.api('direct')).url, concurrency);
    const without = await writers((await laboratory.api('direct', 'without-capture')).url, concurrency);
    const rounds = (side: Writer[], asking: (writer: Writer) => Asking) => async (ms: number) => {
      const { perSecond } = await closedLoop({
        workers: concurrency,
        ms,
        operation: async (index) => {
          const writer = side[index];
          if (writer === undefined) throw new Error('nobody writes');
          const answer = await writer.connection.send(createRequest(random.between(1, 3000), asking(writer)));
          assertAnswered(answer);
          if (!answer.body.includes('"version"')) throw new Error(`refused: ${answer.body.toString()}`);
          writer.token = headerOf(answer.head, 'x-consistency-token');
        },
      });
      return perSecond;
    };
    // Without capture a session could only learn its position by asking for it: `eventual` does not.
    const sides = {
      a: rounds(withCapture, ({ token }) => ({ token })),
      b: rounds(without, () => ({ level: 'eventual' })),
    };
    const pairs = await interleave(sides, { seconds, roundMs: 1000 });
    const tokens = { withCapture: countTokens(withCapture), without: countTokens(without) };
    if (tokens.withCapture < concurrency || tokens.without > 0) throw new Error(`capture: ${JSON.stringify(tokens)}`);
    for (const { connection } of [...withCapture, ...without]) connection.close();
    return {
      findings: [findingOfPairs('throughput, capture over none', 'x', { atLeast: 0.95 }, pairs, (a, b) => a / b)],
      details: {
        concurrency,
        pairs: pairs.length,
        perSecond: {
          withCapture: rounded(median(pairs.map(({ a }) => a)), 0),
          without: rounded(median(pairs.map(({ b }) => b)), 0),
        },
      },
    };
  },
};

/** Sends back the token of its last answer, as a client does. */
type Writer = { readonly connection: HttpConnection; token: string | null };

function writers(url: string, count: number): Promise<Writer[]> {
  const open = async () => ({ connection: await HttpConnection.open(url), token: null });
  return Promise.all(Array.from({ length: count }, open));
}

const countTokens = (side: readonly Writer[]): number => side.filter(({ token }) => token !== null).length;
