import { ConfigError } from '../config/config-fault.ts';
import { TidemarkError } from '../errors.ts';
import { UsageError } from './usage-error.ts';

export type Failure = { readonly text: string; readonly exitCode: 1 | 2 };

/** What to print if the process cannot start, and its exit status: 2 for the caller's mistake, 1 for anything else. */
export function explainFailure(error: unknown): Failure {
  if (error instanceof ConfigError) {
    const lines = error.faults.map(({ name, fault }) => `  ${name}: ${fault}`);
    return { text: ['Invalid configuration:', ...lines].join('\n'), exitCode: 2 };
  }
  if (error instanceof UsageError) return { text: error.message, exitCode: 2 };
  // Deliberate errors say what to do; for others the stack is all there is.
  if (error instanceof TidemarkError) return { text: error.message, exitCode: 1 };
  return { text: error instanceof Error ? (error.stack ?? error.message) : String(error), exitCode: 1 };
}
