import { z } from 'zod';

export type Static<Schema extends z.ZodType> = z.infer<Schema>;

/** Times are milliseconds on one monotonic clock; no two events of a history share one. */
const moment = z.number();

const asked = {
  /** Place in the history: what an explanation calls "op 41". */
  id: z.int(),
  session: z.int(),
  /** Place in the session, by invocation. */
  sequence: z.int(),
  startedAtMs: moment,
  endedAtMs: moment,
};

const served = z.object({ node: z.string(), role: z.string(), reason: z.string(), waitedMs: z.number() }).nullable();

const observation = z.object({
  order: z.string(),
  /** `null` when the read shows that the order is not there. */
  version: z.int().nullable(),
  /** The write whose mark the order carries; `null` when absent. */
  write: z.int().nullable(),
});

const write = z.object({
  ...asked,
  kind: z.enum(['create', 'update', 'delete']),
  write: z.int(),
  /** `null` for a create that was not acknowledged. */
  order: z.string().nullable(),
  outcome: z.enum(['committed', 'rejected', 'indeterminate']),
  /** The version that it made; `null` for a delete and for what was not acknowledged. */
  version: z.int().nullable(),
  /** The typed code of the answer, or what broke the connection. */
  error: z.string().nullable(),
});

const read = z.object({
  ...asked,
  kind: z.enum(['one', 'many', 'page']),
  level: z.enum(['EVENTUAL', 'BOUNDED', 'SESSION', 'STRONG']),
  /** The bound that a BOUNDED read named; absent when it left that to the server. */
  maxStalenessMs: z.number().optional(),
  outcome: z.enum(['ok', 'failed']),
  /** All of one read is one snapshot. */
  seen: z.array(observation).readonly(),
  served,
  error: z.string().nullable(),
  /** Asked of the source after the last write had ended. */
  final: z.boolean(),
});

/** The session takes over the token of another one, as if it had read all that the other has seen. */
const adopt = z.object({ ...asked, kind: z.literal('adopt'), from: z.int() });

export const historyOperation = z.union([write.readonly(), read.readonly(), adopt.readonly()]);

export const historyHeader = z
  .object({
    format: z.literal('tidemark-history/1'),
    seed: z.int(),
    flavour: z.string(),
    tokens: z.boolean(),
  })
  .readonly();
