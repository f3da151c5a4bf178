// Clients with a past, a history that forks, and what each of them is told: by processes that saw it happen and by one
// that starts later.
import { systemClock } from '../../../src/platform/clock.ts';
import { caughtUp, migrateOrders } from '../../support/engine.ts';
import { startApi } from '../../support/in-process-api.ts';
import { startTestCluster, type TestCluster } from '../../support/test-cluster.ts';
import { environmentFor } from '../api-process.ts';
import { type Answer, ask, type Endpoint } from '../orders-api.ts';
import { checkFork, type ForkAnomaly, type ForkClient, type Told } from './check-fork.ts';
import { type ForkWay, forkOf } from './ways.ts';

export type ForkOptions = {
  readonly way: ForkWay;
  /** Whether what is written last is lost. */
  readonly lossy: boolean;
  readonly tokens: boolean;
  readonly clients: number;
  readonly log: (line: string) => void;
};

export type ForkFinding = {
  readonly options: Omit<ForkOptions, 'log'>;
  readonly clients: readonly ForkClient[];
  readonly anomalies: readonly ForkAnomaly[];
  /** Of the same clients, had they dropped their tokens: the checker is blind where nothing is found in them. */
  readonly control: readonly ForkAnomaly[];
};

const create = `mutation ($userId: ID!) { result: createOrder(input: { userId: $userId, currency: "EUR",
  items: [{ sku: "S", name: "N", quantity: 1, unitPrice: "1.00" }] }) { ... on CreateOrderPayload { order { id number } } } }`;
const find = 'query ($number: String!) { order(by: { number: $number }) { id number } }';
const patienceMs = 90_000;
const requestMs = 10_000;
const retryMs = 100;

/** A fork leaves nothing to go on with: each has servers of its own. Two APIs watch it. */
export async function forkExperiment(options: ForkOptions, flavour?: 'mariadb' | 'mysql'): Promise<ForkFinding> {
  // Writes would wait for replicas that are held back.
  const cluster = await startTestCluster({ replicationDelayMs: 0, ...(flavour && { flavour }) });
  const apis: { readonly url: string; stop(): Promise<void> }[] = [];
  const open = async () => {
    const api = await startApi({ ...environmentFor(cluster), MIGRATION_URL: '', MONITOR_INTERVAL_MS: '300' });
    apis.push(api);
    return api;
  };
  try {
    await migrateOrders(cluster);
    return await forked(cluster, [await open(), await open()], open, options);
  } finally {
    await Promise.all(apis.map((api) => api.stop()));
    await cluster.stop();
  }
}

async function forked(
  cluster: TestCluster,
  apis: readonly Endpoint[],
  openLater: () => Promise<Endpoint>,
  options: ForkOptions,
): Promise<ForkFinding> {
  const { way, lossy, tokens, log } = options;
  const fork = forkOf(way, cluster);
  const someApi = (turn: number): Endpoint => apis[turn % apis.length] ?? { url: '' };
  try {
    await fork.prepare();
    const half = Math.ceil(options.clients / 2);
    const early = await written(half, someApi, tokens);
    for (const name of ['replica-1', 'replica-2']) await caughtUp(cluster, name);
    // Without loss nothing is held back, and all that was acknowledged is there when the source dies.
    if (lossy) await fork.holdBack();
    const late = await written(options.clients - half, someApi, tokens);
    if (!lossy) {
      for (const name of ['replica-1', 'replica-2']) await caughtUp(cluster, name);
      await fork.keep();
    }
    const clients = [...early, ...late, ...(await readers(late, someApi, tokens))];
    log(`${way}: ${lossy ? 'loses what was written last' : 'loses nothing'}`);
    await fork.carryOut();
    const awake = clients.filter(({ id }) => id % 2 === 0);
    const asleep = clients.filter(({ id }) => id % 2 === 1);
    await eachAsksTwice(awake, someApi);
    // Until somebody takes the writes again the replicas show what they have, and whoever asks them hears of no loss yet.
    const unheard = awake.filter(({ told }) => !told.includes('WRITE_LOST')).map((client) => ({ ...client }));
    for (const api of apis) await untilServed(api);
    await eachAsksTwice(awake, someApi);
    const careless = late.map((client) => returned(client, null, 30_000));
    await eachAsksTwice(careless, someApi);
    // The new history gives out as many numbers as were lost.
    await written(options.clients + 5, someApi, false);
    await eachAsksTwice(asleep, someApi);
    const later = await openLater();
    const returning = [
      ...clients.map((client) => returned(client, client.first)),
      ...unheard.map((client) => returned(client, client.token, 20_000)),
    ];
    await eachAsksTwice(returning, () => later);
    return await judged({ clients: [...awake, ...asleep, ...returning], careless }, options, someApi);
  } finally {
    await fork.clear();
  }
}

type Client = {
  readonly id: number;
  readonly order: string;
  /** What it was given when its past ended. */
  readonly first: string | null;
  token: string | null;
  told: Told[];
};

let ids = 0;

/** With what it was given once, as a browser that was closed meanwhile. */
function returned(client: Client, token: string | null, more = 10_000): Client {
  return { ...client, id: client.id + more, told: [], token };
}

async function written(count: number, api: (turn: number) => Endpoint, tokens: boolean): Promise<Client[]> {
  const clients: Client[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const answer = await untilAnswered(() => send(api(turn), create, { userId: String(turn + 1) }, null));
    const result = answer.data?.result as { readonly order: { readonly number: string } } | undefined;
    if (result === undefined) throw new Error('nothing was created');
    const { number } = result.order;
    const token = tokens ? answer.token : null;
    clients.push({ id: ids++, order: number, first: token, token, told: [] });
  }
  return clients;
}

/** Clients that have only seen what others wrote. */
async function readers(
  writers: readonly Client[],
  api: (turn: number) => Endpoint,
  tokens: boolean,
): Promise<Client[]> {
  const clients: Client[] = [];
  for (const [turn, { order }] of writers.entries()) {
    const answer = await untilAnswered(() => send(api(turn + 1), find, { number: order }, null, 'STRONG'));
    if (answer.data?.order == null) continue;
    const token = tokens ? answer.token : null;
    clients.push({ id: ids++, order, first: token, token, told: [] });
  }
  return clients;
}

/** Until the process knows of a server that takes the writes. */
async function untilServed(api: Endpoint): Promise<void> {
  await untilAnswered(() => send(api, 'query { orderCounts { total } }', {}, null, 'STRONG'));
}

/** Until each has had two answers, of one process or the other. */
async function eachAsksTwice(clients: readonly Client[], api: (turn: number) => Endpoint): Promise<void> {
  await Promise.all(
    clients.map(async (client, turn) => {
      for (let answers = 0; answers < 2; ) {
        const told = await probe(client, api(turn + answers));
        client.told.push(told);
        if (told === 'FAILED') await systemClock.sleep(retryMs);
        else answers += 1;
        if (client.told.length > patienceMs / retryMs) throw new Error(`${client.order}: nobody answers`);
      }
    }),
  );
}

async function probe(client: Client, endpoint: Endpoint): Promise<Told> {
  const answer = await send(endpoint, find, { number: client.order }, client.token).catch(() => null);
  if (answer === null) return 'FAILED';
  if (client.token !== null && answer.token !== null) client.token = answer.token;
  const [error] = answer.errors;
  if (error?.code === 'WRITE_LOST') return 'WRITE_LOST';
  if (error !== undefined) {
    if (!error.retryable) throw new Error(`${client.order}: ${error.code}`);
    return 'FAILED';
  }
  return answer.data?.order == null ? 'ABSENT' : 'PRESENT';
}

async function judged(
  { clients, careless }: { readonly clients: readonly Client[]; readonly careless: readonly Client[] },
  { log: _, ...options }: ForkOptions,
  api: (turn: number) => Endpoint,
): Promise<ForkFinding> {
  const truth = new Map<string, boolean>();
  for (const { order } of clients) {
    if (truth.has(order)) continue;
    const answer = await untilAnswered(() => send(api(0), find, { number: order }, null, 'STRONG'));
    truth.set(order, answer.data?.order != null);
  }
  // Elsewhere the replicas have nothing of what is lost, or nothing survives that was written behind the copy.
  const meetsLost = options.way === 'restore-dump' && options.lossy;
  const judge = ({ id, order, told }: Client) => ({ id, order, told, meetsLost, survived: truth.get(order) ?? false });
  const found = clients.map(judge);
  return { options, clients: found, anomalies: checkFork(found), control: checkFork(careless.map(judge)) };
}

async function untilAnswered(attempt: () => Promise<Answer>): Promise<Answer> {
  const untilMs = systemClock.monotonic() + patienceMs;
  for (;;) {
    const answer = await attempt().catch(() => null);
    if (answer !== null && answer.errors.length === 0) return answer;
    if (systemClock.monotonic() > untilMs) throw new Error(`nobody answers: ${answer?.errors[0]?.code ?? 'lost'}`);
    await systemClock.sleep(retryMs);
  }
}

function send(
  endpoint: Endpoint,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  token: string | null,
  level?: 'STRONG',
): Promise<Answer> {
  const signal = AbortSignal.timeout(requestMs);
  return ask(endpoint, { query, variables, tokens: token === null ? [] : [token], signal, ...(level && { level }) });
}

export function reportFork({ options, clients, anomalies, control }: ForkFinding): string {
  const { way, lossy, tokens } = options;
  const lost = clients.filter(({ survived }) => !survived);
  const told = clients.filter((client) => client.told.includes('WRITE_LOST'));
  return [
    `${way}, ${lossy ? 'lossy' : 'lossless'}, tokens ${tokens ? 'carried' : 'dropped'}:`,
    `${clients.length} clients, ${lost.length} with a lost write, ${told.length} told, ${anomalies.length} anomalies, ${control.length} without tokens`,
    ...anomalies.slice(0, 8).map(({ client, what }) => `\n  client ${client}: ${what}`),
  ].join(' ');
}
