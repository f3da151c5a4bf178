import { systemClock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import { watchStopSignals } from '../platform/stop-signals.ts';

/** When and how the process ends. */
export type Ending = {
  /** Aborted once the process is asked to end. */
  readonly signal: AbortSignal;
  /** Resolves at the same moment. */
  readonly reached: Promise<void>;
  /** 0, or 1 if an uncaught error is the reason. */
  exitCode(): number;
};

/** Watches this process for signals and uncaught errors. */
export function watchForTheEnd(log: Logger): Ending {
  const controller = new AbortController();
  // A closed standard output is no reason to end.
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
      log.info({ signal }, 'shutting down; signal again to force');
      begin(signal);
    },
    onImpatience: (code) => process.exit(code),
  });
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled promise rejection'));
  process.on('uncaughtException', (error) => {
    // The process is in an unknown state: shut down in order, and let the supervisor start another.
    log.fatal({ err: error }, 'uncaught exception; shutting down');
    exitCode = 1;
    begin('uncaughtException');
  });
  return { signal: controller.signal, reached, exitCode: () => exitCode };
}
