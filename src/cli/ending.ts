import { systemClock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import { watchStopSignals } from '../platform/stop-signals.ts';

/** When and how the process is to end. */
export type Ending = {
  /** Aborted once the process is asked to end. */
  readonly signal: AbortSignal;
  /** Resolves at the same moment. */
  readonly reached: Promise<void>;
  /** 0, or 1 when an error that nobody caught is why it ends. */
  exitCode(): number;
};

/** Watches this process for signals and for errors that nobody caught. */
export function watchForTheEnd(log: Logger): Ending {
  const controller = new AbortController();
  // What cannot be told to anybody is no reason to end.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  let exitCode = 0;
  let resolveReached = () => {};
  const reached = new Promise<void>((resolve) => {
    resolveReached = resolve;
  });
  const begin = (reason: string) => {
    controller.abort(new Error(reason));
    resolveReached();
  };
  watchStopSignals({
    source: process,
    clock: systemClock,
    onStop: (signal) => {
      log.info({ signal }, 'stopping; ask once more to end at once');
      begin(signal);
    },
    onImpatience: (code) => process.exit(code),
  });
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'a promise was rejected and nobody looked'));
  process.on('uncaughtException', (error) => {
    // The process is in a state that nobody thought of: end it in order, and let whoever watches it start another.
    log.fatal({ err: error }, 'an error was caught by nobody; stopping');
    exitCode = 1;
    begin('uncaughtException');
  });
  return { signal: controller.signal, reached, exitCode: () => exitCode };
}
