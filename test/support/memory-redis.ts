import { CacheUnavailableError } from '../../src/platform/cache-error.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { Redis } from '../../src/platform/redis.ts';

type Kept = { readonly text: string; readonly endsMs: number };

/** What the scripts of the read cache are known by here; what they do on Redis itself, read-cache-redis.test.ts tells. */
const scripts = [
  ['store', "'ZADD'"],
  ['mark', "'SET'"],
  ['release', "'DEL'"],
  ['probe', "'GET'"],
] as const;

/** The read cache's part of Redis in this process, on the clock of a test. */
export class MemoryRedis extends Redis {
  readonly kept = new Map<string, Kept>();
  gone = false;
  /** How often the cache looked, and asked for a lease. */
  probes = 0;
  leases = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    const target = {
      addresses: [],
      masterName: null,
      user: null,
      password: null,
      sentinelPassword: null,
      database: 0,
      tls: null,
      family: 0,
    } as const;
    super({ target, prefix: 'orders:', clock, random: () => 0.5, timeoutMs: 100 });
    this.#clock = clock;
  }

  get(key: string): string | null {
    const kept = this.kept.get(key);
    if (kept === undefined || kept.endsMs <= this.#clock.now()) return null;
    return kept.text;
  }

  override async call(command: string, parts: readonly (string | number)[]): Promise<unknown> {
    this.#reach();
    if (command !== 'set') throw new Error(`The memory knows no ${command}`);
    const [key = '', holder = '', , , ms = 0] = parts;
    this.leases += 1;
    if (this.get(String(key)) !== null) return null;
    this.#set(String(key), String(holder), Number(ms));
    return 'OK';
  }

  override async run(script: string, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    this.#reach();
    const [name] = scripts.find(([, word]) => script.includes(word)) ?? [];
    const [first = '', second = ''] = keys;
    const now = String(this.#clock.now());
    switch (name) {
      case 'probe':
        this.probes += 1;
        return [this.get(first), this.get(second), now];
      case 'release':
        if (this.get(first) === values[0]) this.kept.delete(first);
        return null;
      case 'store': {
        const marks = this.get(second);
        if (versionOf(marks) !== values[0]) return [0, marks, now];
        this.#set(first, String(values[1]), Number(values[2]));
        return [1, marks, now];
      }
      case 'mark': {
        const marks = this.get(first);
        if (versionOf(marks) !== values[0]) return [0, marks, now];
        const [, version, older, position, ms] = values;
        this.#set(first, `${version}\n${older}${now} ${position}`, Number(ms));
        return [1, marks, now];
      }
      default:
        throw new Error('The memory does not know this script');
    }
  }

  #reach(): void {
    if (this.gone) throw new CacheUnavailableError('is gone');
  }

  #set(key: string, text: string, ms: number): void {
    this.kept.set(key, { text, endsMs: this.#clock.now() + ms });
  }
}

function versionOf(marks: string | null): string {
  return marks?.split('\n')[0] ?? '';
}
