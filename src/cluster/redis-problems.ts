/** What is wrong with Redis, as one of the problems of the whole: orders are read and written all the same. */
import type { Problem } from './problem.ts';

/** `trouble` continues the name; `null` while it does what is asked, and where there is none. */
export function redisProblems(trouble: string | null): readonly Problem[] {
  if (trouble === null) return [];
  const message = `Redis ${trouble}: nothing is cached, jobs wait, and changes are told within each API process only`;
  const isFull = trouble.includes('is full');
  return [
    {
      code: 'REDIS_UNAVAILABLE',
      node: null,
      message,
      variable: isFull ? 'maxmemory' : null,
      value: null,
      cure: isFull ? 'CONFIG SET maxmemory to more, with maxmemory-policy noeviction, or cancel jobs' : null,
    },
  ];
}
