/**
 * Testers look at the order page while a worker in a process of its own rechecks 1,000 orders with a payment provider that
 * takes its time; before and between, with nothing else going on. Beside it the page that rechecks what it lists
 * before it answers, on one server: see `inline-recheck.ts`.
 */
import { PaymentsSandbox } from '../../../src/local/payments/payments-sandbox.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import type { TestCluster } from '../../support/test-cluster.ts';
import type { Bench, BenchContext, Measured } from '../bench.ts';
import { finding } from '../finding.ts';
import { graphqlRequest, HttpConnection } from '../http-connection.ts';
import { inlineRecheckPages } from '../inline-recheck.ts';
import { assertAnswered, listOrderIds } from '../order-operations.ts';
import { PageLoad, type PageSample } from '../page-load.ts';
import { percentiles, quantile } from '../statistics.ts';

const ordersPerRecheck = 1000;
const rechecks = 3;
/** Thrown away: the worker and the API have just started. */
const warmUps = 1;
const thinkMs = 50;
const pollEveryMs = 500;
const providerMs = 20;
const patienceMs = 180_000;

export const listDuringRecheck: Bench = {
  name: 'list-during-recheck',
  title: `p99 of the order page while ${ordersPerRecheck} orders are rechecked in the background, over p99 when idle`,

  async measure({ laboratory, seconds, concurrency }) {
    const cluster = await laboratory.cluster('cached');
    const payments = new PaymentsSandbox({ clock: systemClock });
    payments.control({ delayMs: providerMs });
    await payments.start();
    try {
      return await whileProviderRuns({ laboratory, cluster, paymentsUrl: payments.url, seconds, concurrency });
    } finally {
      await payments.stop();
    }
  },
};

type Plan = Pick<BenchContext, 'laboratory' | 'seconds' | 'concurrency'> & {
  readonly cluster: TestCluster;
  readonly paymentsUrl: string;
};

async function whileProviderRuns({ laboratory, cluster, paymentsUrl, seconds, concurrency }: Plan): Promise<Measured> {
  const told = { PAYMENTS_URL: paymentsUrl, REFRESH_INTERVAL_MS: 'off' };
  const worker = await laboratory.startBeside('cached', ['src/bundled.mjs', 'src/cli/worker.ts'], told);
  const api = await laboratory.freshApi('cached', { ...told, JOBS: 'off' });
  const page = await PageLoad.open(api.url, concurrency);
  const asking = await HttpConnection.open(api.url);
  const calmMs = (seconds * 1000) / 2;
  const idle: PageSample[] = [];
  const meanwhile: PageSample[] = [];
  const jobs: Job[] = [];
  try {
    const ids = await listOrderIds(asking, ordersPerRecheck * (warmUps + rechecks));
    for (let turn = 0; turn < warmUps + rechecks; turn += 1) {
      const before = (await page.run(calmMs, thinkMs)).samples;
      const some = ids.slice(turn * ordersPerRecheck, (turn + 1) * ordersPerRecheck);
      const rechecking = new AbortController();
      // In one go, like the calm: with each run all testers begin together, and not with the question.
      const asked = systemClock.sleep(pollEveryMs).then(() => recheck(asking, some));
      const [job, { samples: beside }] = await Promise.all([
        asked.finally(() => rechecking.abort()),
        page.run(patienceMs, thinkMs, rechecking.signal),
      ]);
      if (turn < warmUps) continue;
      idle.push(...before);
      meanwhile.push(...beside);
      jobs.push(job);
    }
    const inline = await inlineRecheckPages(cluster, paymentsUrl, { ms: calmMs, testers: concurrency, thinkMs });
    const [idleMs, meanwhileMs] = [latencies(idle), latencies(meanwhile)];
    const p99 = quantile(meanwhileMs, 0.99);
    const rechecked = jobs.reduce((sum, { changed, unchanged }) => sum + changed + unchanged, 0);
    return {
      findings: [
        finding('p99, meanwhile over idle', p99 / quantile(idleMs, 0.99), 'x', { atMost: 1.5 }),
        finding('orders rechecked', rechecked, '', { atLeast: ordersPerRecheck * rechecks }),
        finding('p99 of a page that rechecks inline on one server, over ours', quantile(inline, 0.99) / p99, 'x', {
          atLeast: 1,
        }),
      ],
      details: {
        thinkMs,
        providerMs,
        idleMs: { pages: idleMs.length, ...percentiles(idleMs) },
        meanwhileMs: { pages: meanwhileMs.length, ...percentiles(meanwhileMs) },
        inlineMs: { pages: inline.length, ...percentiles(inline) },
        jobs,
      },
    };
  } finally {
    asking.close();
    page.close();
    await Promise.all([api.stop(), worker.stop()]);
  }
}

type Job = {
  readonly id: string;
  readonly state: string;
  readonly done: number;
  readonly changed: number;
  readonly unchanged: number;
};

const latencies = (samples: readonly PageSample[]) => samples.map(({ latencyMs }) => latencyMs);

const jobFields = 'id state done changed unchanged';
const documents = {
  recheck: `mutation Recheck($input: RecheckOrdersInput!) {
    recheckOrders(input: $input) { ... on RecheckOrdersPayload { job { ${jobFields} } } ... on UserError { code message } } }`,
  probe: `query Look($id: ID!) { jobs { job(id: $id) { ${jobFields} } } }`,
} as const;

/** From the question to the end of the job. */
async function recheck(asking: HttpConnection, ids: readonly string[]): Promise<Job> {
  const { recheckOrders } = await send<{ recheckOrders: { job?: Job } }>(asking, documents.recheck, { input: { ids } });
  if (recheckOrders.job === undefined) throw new Error(`refused: ${JSON.stringify(recheckOrders)}`);
  let { job } = recheckOrders;
  const deadlineMs = systemClock.monotonic() + patienceMs;
  while (job.state !== 'FINISHED') {
    if (systemClock.monotonic() > deadlineMs) throw new Error(`the recheck is at ${JSON.stringify(job)}`);
    await systemClock.sleep(pollEveryMs);
    job = await probe(asking, job.id);
  }
  return job;
}

async function probe(asking: HttpConnection, id: string): Promise<Job> {
  return (await send<{ jobs: { job: Job } }>(asking, documents.probe, { id })).jobs.job;
}

async function send<Data>(
  asking: HttpConnection,
  document: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<Data> {
  const answer = await asking.send(graphqlRequest(document, variables, {}));
  assertAnswered(answer);
  return (JSON.parse(answer.body.toString()) as { data: Data }).data;
}
