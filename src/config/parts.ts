import type { ConfigFault } from './config-fault.ts';
import type { Environment } from './environment.ts';
import type { Facts, Part, Read, ResultOf } from './part.ts';
import { administration } from './parts/administration.ts';
import { consistency } from './parts/consistency.ts';
import { graphql } from './parts/graphql.ts';
import { http } from './parts/http.ts';
import { idempotency } from './parts/idempotency.ts';
import { jobs } from './parts/jobs.ts';
import { log } from './parts/log.ts';
import { mirror } from './parts/mirror.ts';
import { monitor } from './parts/monitor.ts';
import { page } from './parts/page.ts';
import { payments } from './parts/payments.ts';
import { pools } from './parts/pools.ts';
import { redis } from './parts/redis.ts';
import { tokens } from './parts/tokens.ts';

/** Every part except the servers, in the order of their faults and of `.env.example`. A new part is a file and a line here. */
export const parts = {
  mirror,
  idempotency,
  administration,
  redis,
  tokens,
  consistency,
  monitor,
  pools,
  jobs,
  payments,
  http,
  graphql,
  page,
  log,
} as const;

export type PartValues = { readonly [Key in keyof typeof parts]: ResultOf<(typeof parts)[Key]> };

/** The values of all parts, or all faults. */
export function readParts(environment: Environment, facts: Facts): Read<PartValues> {
  const faults: ConfigFault[] = [];
  const warnings: string[] = [];
  const values = Object.entries(parts).map(([key, part]) => {
    const read = part.read(environment, facts);
    if ('faults' in read) {
      faults.push(...read.faults);
      return [key, undefined];
    }
    warnings.push(...read.warnings);
    return [key, read.value];
  });
  if (faults.length > 0) return { faults };
  // Entry by entry as the type says, which no mapped type can express.
  return { value: Object.fromEntries(values) as PartValues, warnings };
}

/** The values in a printable form. */
export function describeParts(values: PartValues): Readonly<Record<string, unknown>> {
  const all: Readonly<Record<string, Part<unknown>>> = parts;
  const results: Readonly<Record<string, unknown>> = values;
  return Object.fromEntries(Object.entries(all).map(([key, part]) => [key, part.describe(results[key])]));
}
