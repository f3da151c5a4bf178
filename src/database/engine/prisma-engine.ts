/**
 * The engine for anybody's models: reads spread over replicas, writes go to the source, and each answer brings a token that
 * the next call of the same user takes along. What the GraphQL server does around each operation, for calls in a program.
 */
import { seenFlavour } from '../../cluster/seen-flavour.ts';
import type { ConsistencyRequest } from '../../consistency/consistency-request.ts';
import { TokenCodec } from '../../consistency/token-codec.ts';
import { type TokenKey, TokenKeyring } from '../../consistency/token-keyring.ts';
import { systemClock } from '../../platform/clock.ts';
import { createLog } from '../../platform/log.ts';
import { positions } from '../../servers/known-flavours.ts';
import type { MakeClient, PrismaClientLike } from '../clients/node-clients.ts';
import type { TransactionRunner } from '../write/source-writer.ts';
import type { DatabaseNode, ReplicatedDatabaseOptions } from './database-options.ts';
import type { DatabaseUses } from './database-uses.ts';
import { type Answered, EngineCall, type EngineParts } from './engine-call.ts';
import { runWithFreshness } from './read-runs.ts';
import { ReplicatedDatabase } from './replicated-database.ts';
import { nodesAt } from './server-urls.ts';
import { shortenBy } from './shorten-by.ts';
import { countTokens } from './token-metrics.ts';

/** What the interactive `$transaction` of a generated client hands to its work. */
export type TransactionOf<Client> = Client extends { $transaction: (...given: infer Given) => unknown }
  ? Given[0] extends (transaction: infer Transaction) => unknown
    ? Transaction
    : never
  : never;

export type PrismaEngineOptions<Client> = {
  /** `mysql://user:password@host:port/database`, for MariaDB as well; `?ssl-mode=` and `?ssl-ca=` ask for TLS. */
  readonly source: string;
  readonly replicas?: readonly string[];
  readonly makeClient: MakeClient<Client>;
  /** Names the cluster in tokens: a token is good wherever name and keys are the same. */
  readonly clusterId: string;
  /** Names the database in metrics and errors, for processes that open several; `clusterId` unless told. */
  readonly name?: string;
  /** The first signs, all of them verify. Secrets of at least 32 characters. */
  readonly tokenKeys: readonly TokenKey[];
  /** What is done with the database: by default it is read and written. See `DatabaseUses`. */
  readonly uses?: Partial<DatabaseUses>;
  /** Goes over what is set up for ordinary clusters. */
  readonly settings?: Partial<Omit<ReplicatedDatabaseOptions<Client>, 'name' | 'nodes' | 'makeClient'>>;
};

export type Asked = Partial<ConsistencyRequest> & {
  /** What the user has brought from earlier answers, of this process or another one. */
  readonly tokens?: readonly string[];
};

const defaultIntent: ConsistencyRequest = { level: 'SESSION', whenBehind: 'WAIT', waitMs: 50, maxStalenessMs: null };

export class PrismaEngine<Client extends PrismaClientLike & TransactionRunner<Transaction>, Transaction> {
  readonly database: ReplicatedDatabase<Client, Transaction>;
  readonly #parts: EngineParts<Client, Transaction>;

  constructor(options: PrismaEngineOptions<Client>) {
    const { source, replicas = [], makeClient, clusterId, name = clusterId, tokenKeys, settings = {} } = options;
    const { uses = settings.uses } = options;
    const clock = settings.clock ?? systemClock;
    const nodes: readonly DatabaseNode[] = nodesAt(source, replicas);
    this.database = new ReplicatedDatabase<Client, Transaction>({
      ...usualSettings(),
      ...settings,
      ...(uses && { uses }),
      name,
      nodes,
      makeClient,
    });
    const { database } = this;
    const tokens = new TokenCodec({
      keyring: new TokenKeyring(tokenKeys),
      positions,
      clusterId,
      flavour: () => seenFlavour(database.cluster.snapshot()),
      shorten: shortenBy(database),
      onIssued: countTokens(database.metrics),
    });
    this.#parts = { database, tokens, clusterId, clock };
  }

  /** Resolves when every server was looked at once, whether it answered or not. */
  start(): Promise<void> {
    return this.database.start();
  }

  stop(): Promise<void> {
    return this.database.stop();
  }

  /**
   * All reads of `work` are served by one node, and see at least what the tokens have seen. When that node is lost, `work` is
   * run again from its start on another one, and so it is when a promotion has overtaken it.
   */
  async read<T>(work: (client: Client) => Promise<T>, { tokens = [], ...intent }: Asked = {}): Promise<Answered<T>> {
    this.database.checkUse({ writes: false });
    const asked = { ...defaultIntent, ...intent };
    const call = new EngineCall(this.#parts, {
      tokens,
      intent: asked,
      writes: false,
      // Prisma's promises start when they are awaited: that has to be inside.
      work: (pinned) => pinned.run(async () => await work(pinned.client)),
    });
    return runWithFreshness(this.database, call, await call.resume());
  }

  /**
   * One short transaction on the source. Deadlocks are tried again, so `work` must have no other effects.
   * Throws `SourceUnavailableError` or `DatabaseReadOnlyError` (nothing was written), or `WriteIndeterminateError` (nobody knows).
   */
  async write<T>(
    work: (transaction: Transaction) => Promise<T>,
    { tokens = [] }: Pick<Asked, 'tokens'> = {},
  ): Promise<Answered<T>> {
    this.database.checkUse({ writes: true });
    const call = new EngineCall(this.#parts, {
      tokens,
      intent: defaultIntent,
      writes: true,
      work: async (pinned) => (await pinned.write((transaction) => work(transaction))).value,
    });
    return runWithFreshness(this.database, call, await call.resume());
  }
}

/** An engine over a generated client that writes as well. */
export type Writing<Client> = Client & TransactionRunner<TransactionOf<Client>>;

/** Resolves when every server was looked at once. The caller stops it. */
export async function openPrismaEngine<Client extends PrismaClientLike>(
  options: PrismaEngineOptions<Client>,
): Promise<PrismaEngine<Writing<Client>, TransactionOf<Client>>> {
  // The two types say the same of a generated client, whose `$transaction` has another form beside the interactive one.
  const given = options as unknown as PrismaEngineOptions<Writing<Client>>;
  const engine = new PrismaEngine<Writing<Client>, TransactionOf<Client>>(given);
  await engine.start();
  return engine;
}

function usualSettings() {
  return {
    clock: systemClock,
    random: Math.random,
    log: createLog({ level: 'warn', format: 'json' }),
    pool: { connectionsPerNode: 16, acquireTimeoutMs: 2000, statementTimeoutMs: 10_000 },
    transactionTimeoutMs: 10_000,
    sourceReadsLimit: 64,
    nodePatienceMs: 50,
    health: { failureThreshold: 2, recoveryThreshold: 2, maxLagMs: 30_000, minServingReplicas: 1 },
    monitor: { intervalMs: 1000, downIntervalMs: 250, timeoutMs: 400 },
    tracker: { sliceMs: 25, maxWaiters: 10_000 },
  } as const;
}
