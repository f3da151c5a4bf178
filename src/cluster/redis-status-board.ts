/**
 * Shared statuses in Redis: one key per node, which expires unless renewed, and one channel for news. So it never holds more than there
 * are nodes, whatever processes come and go.
 *
 *   key      <prefix>status:<node>   "<ms since 1970 by Redis's clock> <state> <trouble>"
 *   channel  <prefix>status          "<process> <node> <state> <trouble>"
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from '../platform/redis.ts';
import { type NodeWord, readWord, type StatusBoard, writeWord } from './status-board.ts';

const announceAll = `
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
for i, key in ipairs(KEYS) do
  redis.call('SET', key, now .. ' ' .. ARGV[i + 3], 'PX', ARGV[1])
  redis.call('PUBLISH', ARGV[2], ARGV[3] .. ' ' .. ARGV[#KEYS + i + 3] .. ' ' .. ARGV[i + 3])
end`;

// An unchanged status keeps the time at which it was first reported.
const upholdAll = `
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
for i, key in ipairs(KEYS) do
  local word = ARGV[i + 1]
  local stands = redis.call('GET', key)
  if not stands then
    redis.call('SET', key, now .. ' ' .. word, 'PX', ARGV[1])
  elseif string.match(stands, '^%d+ (%u+)') == string.match(word, '^%u+') then
    redis.call('PEXPIRE', key, ARGV[1])
  end
end`;

export class RedisStatusBoard implements StatusBoard {
  readonly #redis: Redis;
  readonly #ttlMs: number;
  /** Processes also receive their own announcements. */
  readonly #self = randomUUID();

  constructor(redis: Redis, ttlMs: number) {
    this.#redis = redis;
    this.#ttlMs = ttlMs;
  }

  async announce(words: readonly NodeWord[]): Promise<void> {
    const names = words.map(({ node }) => node);
    const values = [this.#ttlMs, this.#redis.key('status'), this.#self, ...words.map(writeWord), ...names];
    await this.#redis.run(announceAll, names.map(this.#key), values);
  }

  async uphold(words: readonly NodeWord[]): Promise<void> {
    const names = words.map(({ node }) => node);
    await this.#redis.run(upholdAll, names.map(this.#key), [this.#ttlMs, ...words.map(writeWord)]);
  }

  async read(nodes: readonly string[]): Promise<readonly NodeWord[]> {
    if (nodes.length === 0) return [];
    const values = await this.#redis.call('mget', nodes.map(this.#key));
    if (!Array.isArray(values)) return [];
    return nodes.flatMap((node, index) => {
      const [, text] = /^\d+ (.*)$/.exec(String(values[index])) ?? [];
      return text === undefined ? [] : (readWord(node, text) ?? []);
    });
  }

  listen(listener: (word: NodeWord) => void): void {
    this.#redis.listen('status', (message) => {
      const [, from, node = '', text = ''] = /^(\S+) (\S+) (.*)$/.exec(message) ?? [];
      const word = readWord(node, text);
      if (word !== null && from !== this.#self) listener(word);
    });
  }

  readonly #key = (node: string) => this.#redis.key('status', node);
}
