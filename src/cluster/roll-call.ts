/**
 * Who else uses this Redis under the same configuration: another cluster, which is kept apart anyway, or the same cluster with another
 * source, as after a split. Both are reported to their operators.
 *
 *   <configured prefix>clusters   hash: "<cluster> <source>" -> when it last reported, in ms of Redis's clock
 */
import { jittered } from '../platform/backoff.ts';
import type { Clock } from '../platform/clock.ts';
import type { Redis } from '../platform/redis.ts';

export type RollCallOptions = {
  readonly redis: Redis;
  /** As configured: those that should notice each other share it. */
  readonly prefix: string;
  readonly here: () => { readonly cluster: string | null; readonly source: string | null };
  readonly clock: Clock;
  readonly random: () => number;
  /** Others are there than before. */
  readonly onChange: () => void;
};

export type OtherCluster = 'ANOTHER_CLUSTER' | 'ANOTHER_SOURCE';

const everyMs = 5000;
/** Longer than all processes take to see a promotion. */
const heardMs = 20_000;
const keptMs = 600_000;

const answer = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local heard = {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if now - tonumber(all[i + 1]) < tonumber(ARGV[2]) then heard[#heard + 1] = all[i] else redis.call('HDEL', KEYS[1], all[i]) end
end
return heard`;

export class RollCall {
  readonly #options: RollCallOptions;
  readonly #stopping = new AbortController();
  #others: ReadonlySet<OtherCluster> = new Set();
  /** The other source, when it was first seen beside ours. */
  #otherSource: { readonly name: string; readonly sinceMs: number } | null = null;
  #running: Promise<void> | null = null;

  constructor(options: RollCallOptions) {
    this.#options = options;
  }

  get others(): ReadonlySet<OtherCluster> {
    return this.#others;
  }

  /** Reports, now and from now on. Resolves when it is known who else is there, or that this is unknown. */
  async start(): Promise<void> {
    const first = this.round();
    this.#running ??= first.then(() => this.#run());
    await first;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async round(): Promise<void> {
    const { redis, prefix, here, onChange, clock } = this.#options;
    const { cluster, source } = here();
    if (cluster === null || source === null) return;
    try {
      const values = [`${cluster} ${source}`, heardMs, keptMs];
      const heard = await redis.run(answer, [`${prefix}clusters`], values);
      const names = Array.isArray(heard) ? heard.map(String) : [];
      const before = this.#others;
      this.#others = this.#judge(names, { cluster, source }, clock.monotonic());
      if (String([...before]) !== String([...this.#others])) onChange();
    } catch {
      // Repeated in the next round.
    }
  }

  /** After a promotion both sources are seen for a while: only one that stays is another. */
  #judge(names: readonly string[], { cluster, source }: { cluster: string; source: string }, nowMs: number) {
    const others = new Set<OtherCluster>();
    if (names.some((name) => !name.startsWith(`${cluster} `))) others.add('ANOTHER_CLUSTER');
    const name = names.find((heard) => heard.startsWith(`${cluster} `) && heard !== `${cluster} ${source}`);
    if (name === undefined) this.#otherSource = null;
    else if (this.#otherSource?.name !== name) this.#otherSource = { name, sinceMs: nowMs };
    else if (nowMs - this.#otherSource.sinceMs > heardMs * 1.5) others.add('ANOTHER_SOURCE');
    return others;
  }

  async #run(): Promise<void> {
    const { clock, random } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await clock.sleep(jittered(everyMs, random), { signal, unref: true }).catch(() => undefined);
      if (!signal.aborted) await this.round();
    }
  }
}
