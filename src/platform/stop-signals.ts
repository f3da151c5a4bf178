import type { Clock } from './clock.ts';

// Running --first signal--> stopping --another one--> exit at once
//
// Ctrl-C reaches every process of a terminal's group, and npm forwards the signal as well: one key press arrives twice. So a signal
// within half a second of the previous one counts as the same.
const samePressMs = 500;

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';
const exitCodes: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

export type SignalSource = {
  on(signal: StopSignal, listener: () => void): unknown;
  off(signal: StopSignal, listener: () => void): unknown;
};

export type StopSignalOptions = {
  readonly source: SignalSource;
  readonly clock: Clock;
  /** Called once, on the first signal. */
  readonly onStop: (signal: StopSignal) => void;
  /** Called when a signal arrives during the shutdown; the code is 128 plus the signal's number. */
  readonly onImpatience: (exitCode: number) => void;
};

/** Listens for signals that ask a process to end. The returned function stops listening. */
export function watchStopSignals({ source, clock, onStop, onImpatience }: StopSignalOptions): () => void {
  let lastMs: number | null = null;
  const listeners = (Object.keys(exitCodes) as StopSignal[]).map((signal) => {
    const listener = () => {
      const nowMs = clock.monotonic();
      const previousMs = lastMs;
      lastMs = nowMs;
      if (previousMs === null) onStop(signal);
      else if (nowMs - previousMs >= samePressMs) onImpatience(exitCodes[signal]);
    };
    source.on(signal, listener);
    return { signal, listener };
  });
  return () => {
    for (const { signal, listener } of listeners) source.off(signal, listener);
  };
}
