import type { z } from 'zod';

/** One environment variable: its name, how its text is parsed, and its description. */
export type Variable<Value> = {
  readonly name: string;
  readonly value: z.ZodType<Value, string>;
  /** As a user would write it; `null`: none. */
  readonly default: string | null;
  /** The effect of leaving it unset, if that is not a value. */
  readonly unset: string | null;
  /** Used in `.env.example` instead of the default. */
  readonly example: string | null;
  /** One line, shown by `--variables` and in the documents. */
  readonly about: string;
};

type Words = {
  readonly about: string;
  readonly unset?: string;
  readonly example?: string;
};

export function variable<Value>(
  name: string,
  value: z.ZodType<Value, string>,
  words: Words & { readonly default: string | number | boolean },
): Variable<Value>;
/** Without a default: `null` if it is not set. */
export function variable<Value>(name: string, value: z.ZodType<Value, string>, words: Words): Variable<Value | null>;
export function variable<Value>(
  name: string,
  value: z.ZodType<Value, string>,
  words: Words & { readonly default?: string | number | boolean },
): Variable<Value | null> {
  const { about, unset = null, example = null } = words;
  return { name, value, default: words.default === undefined ? null : String(words.default), unset, example, about };
}
