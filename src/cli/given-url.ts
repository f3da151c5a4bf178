import { serverAt } from '../platform/server-url.ts';
import { UsageError } from './arguments.ts';

/** A server that the command line names. `option` is where. Throws `UsageError`. */
export function givenUrl(option: string, text: string): string {
  const server = serverAt(text);
  if (typeof server === 'string') throw new UsageError(`The URL of ${option} ${server}`);
  return text;
}
