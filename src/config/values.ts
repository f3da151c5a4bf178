/** How the texts of variables are parsed. The messages continue the name of the variable. */
import { z } from 'zod';

const wholeNumber = z
  .string()
  .regex(/^\d{1,12}$/, 'must be a whole number')
  .transform(Number);

export const integer = (minimum: number, maximum: number) =>
  wholeNumber.refine((value) => value >= minimum && value <= maximum, `must be from ${minimum} to ${maximum}`);

export const integerOrOff = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^(\d{1,12}|off)$/, 'must be a whole number, or off')
    .transform((text) => (text === 'off' ? ('off' as const) : Number(text)))
    .refine(
      (value) => value === 'off' || (value >= minimum && value <= maximum),
      `must be from ${minimum} to ${maximum}, or off`,
    );

/** For a port that is opened only if it is set. */
export const portNumber = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number')
  .transform(Number)
  .refine((value) => value <= 65_535, 'must be from 0 to 65535');

export const oneOf = <const Values extends readonly [string, ...string[]]>(...values: Values) =>
  z.string().pipe(z.enum(values, `must be one of ${values.join(', ')}`));

/** One of them, in any case; messages list them in lower case. */
export const upperCased = <const Values extends readonly [string, ...string[]]>(...values: Values) =>
  z
    .string()
    .transform((text) => text.toUpperCase())
    .pipe(z.enum(values, `must be one of ${values.map((value) => value.toLowerCase()).join(', ')}`));

export const flag = z
  .string()
  .pipe(z.enum(['true', 'false'], 'must be true or false'))
  .transform((text) => text === 'true');

export const text = z.string();

export function splitEntries(list: string): string[] {
  return list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
