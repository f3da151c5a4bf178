import { explainFailure } from './explain-failure.ts';

/** Beside 0, and what `explainFailure` says: what an error ends the process with. */
export type ExitCodes = (error: unknown) => number | null;

/**
 * Runs the command that this process was started for. The process ends by itself when `run` has left nothing open, and with
 * the code that `run` answers, 0 for none.
 */
export async function entry<Options>(
  readOptions: (argv: readonly string[]) => Options,
  run: (options: Options) => Promise<number | undefined>,
  exitCodes: ExitCodes = () => null,
): Promise<void> {
  process.exitCode = await exitCodeOf(async () => run(readOptions(process.argv.slice(2))), exitCodes);
}

/** Says on standard error why it failed. */
export async function exitCodeOf(
  run: () => Promise<number | undefined>,
  exitCodes: ExitCodes = () => null,
): Promise<number> {
  try {
    return (await run()) ?? 0;
  } catch (error) {
    const { text, exitCode } = explainFailure(error);
    process.stderr.write(`${text}\n`);
    return exitCodes(error) ?? exitCode;
  }
}

/** Answers a call for help. */
export function print(text: string): 0 {
  process.stdout.write(text);
  return 0;
}
