import { explainFailure } from './explain-failure.ts';

/** Exit status of an error, beyond 0 and those of `explainFailure`. */
export type ExitCodes = (error: unknown) => number | null;

/**
 * Runs the command that this process was started for. The process ends when `run` has left nothing open, with the status that `run`
 * returns, 0 by default.
 */
export async function entry<Options>(
  readOptions: (argv: readonly string[]) => Options,
  run: (options: Options) => Promise<number | undefined>,
  exitCodes: ExitCodes = () => null,
): Promise<void> {
  process.exitCode = await runToExitCode(async () => run(readOptions(process.argv.slice(2))), exitCodes);
}

/** Prints on standard error why it failed. */
export async function runToExitCode(
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

/** Answers `--help`. */
export function print(text: string): 0 {
  process.stdout.write(text);
  return 0;
}
