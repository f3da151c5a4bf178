/**
 * The engine for any Prisma models: reads are spread over replicas, writes go to the source, and each call returns a token for
 * the same user's next call. It does for calls in a program what the GraphQL server does around each operation.
 */
import { seenFlavour } from '../../cluster/seen-flavour.ts';
import type { ConsistencyRequest } from '../../consistency/consistency-request.ts';
import { TokenCodec } from '../../consistency/token-codec.ts';
import { type TokenKey, TokenKeyring } from '../../consistency/token-keyring.ts';
import { systemClock } from '../../platform/clock.ts';
import { positions } from '../../servers/known-flavours.ts';
import type { MakeClient, PrismaClientLike } from '../clients/node-clients.ts';
import type { TransactionRunner } from '../write/source-writer.ts';
import type { DatabaseNode, ReplicatedDatabaseOptions } from './database-options.ts';
import type { DatabaseUses } from './database-uses.ts';
import { defaultIntent, defaultSettings } from './default-settings.ts';
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
  /** Names the cluster in tokens: a token is valid wherever name and keys are the same. */
  readonly clusterId: string;
  /** Names the database in metrics and errors, for processes that open several. Default: `clusterId`. */
  readonly name?: string;
  /** The first signs, all verify. Secrets of at least 32 characters. */
  readonly tokenKeys: readonly TokenKey[];
  /** What the database is used for. Default: reads and writes. See `DatabaseUses`. */
  readonly uses?: Partial<DatabaseUses>;
  /** Overrides the defaults. */
  readonly settings?: Partial<Omit<ReplicatedDatabaseOptions<Client>, 'name' | 'nodes' | 'makeClient'>>;
};

export type Asked = Partial<ConsistencyRequest> & {
  /** The user's tokens from earlier answers, of this process or another. */
  readonly tokens?: readonly string[];
};

export class PrismaEngine<Client extends PrismaClientLike & TransactionRunner<Transaction>, Transaction> {
  readonly database: ReplicatedDatabase<Client, Transaction>;
  readonly #parts: EngineParts<Client, Transaction>;

  constructor(options: PrismaEngineOptions<Client>) {
    const { source, replicas = [], makeClient, clusterId, name = clusterId, tokenKeys, settings = {} } = options;
    const { uses = settings.uses } = options;
    const clock = settings.clock ?? systemClock;
    const nodes: readonly DatabaseNode[] = nodesAt(source, replicas);
    this.database = new ReplicatedDatabase<Client, Transaction>({
      ...defaultSettings(),
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

  /** Resolves when every server has been probed once, whether it answered or not. */
  start(): Promise<void> {
    return this.database.start();
  }

  stop(): Promise<void> {
    return this.database.stop();
  }

  /**
   * All reads of `work` are served by one node, and see at least what the tokens have seen. If that node is lost, `work` runs
   * again from its start on another one; it also does if a promotion has overtaken it.
   */
  async read<T>(work: (client: Client) => Promise<T>, { tokens = [], ...intent }: Asked = {}): Promise<Answered<T>> {
    this.database.checkUse({ writes: false });
    const asked = { ...defaultIntent, ...intent };
    const call = new EngineCall(this.#parts, {
      tokens,
      intent: asked,
      writes: false,
      // Prisma's promises start when they are awaited, which has to happen inside.
      work: (pinned) => pinned.run(async () => await work(pinned.client)),
    });
    return runWithFreshness(this.database, call, await call.resume());
  }

  /**
   * One short transaction on the source. Deadlocks are retried, so `work` must have no other effects.
   * Throws `SourceUnavailableError` or `DatabaseReadOnlyError` (nothing was written), or `WriteIndeterminateError` (unknown).
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

/** Resolves when every server has been probed once. The caller stops it. */
export async function openPrismaEngine<Client extends PrismaClientLike>(
  options: PrismaEngineOptions<Client>,
): Promise<PrismaEngine<Writing<Client>, TransactionOf<Client>>> {
  // Both types describe a generated client, whose `$transaction` has a second form besides the interactive one.
  const given = options as unknown as PrismaEngineOptions<Writing<Client>>;
  const engine = new PrismaEngine<Writing<Client>, TransactionOf<Client>>(given);
  await engine.start();
  return engine;
}
