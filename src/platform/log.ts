import { type Logger as PinoLogger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { type Clock, systemClock } from './clock.ts';
import { LogOutput } from './log-output.ts';
import { loggedError } from './logged-error.ts';

type LogLine = { (facts: object, sentence?: string): void; (sentence: string): void };

/** Structured log: facts first, then one sentence. Does not expose pino, which users of the engine need not install. */
export type Logger = Readonly<Record<'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal', LogLine>> & {
  level: string;
  child(facts: object): Logger;
};

/** The log of a process, which has an end. */
export type Log = Logger & {
  /** Number of lost lines. */
  readonly lostLines: () => number;
  /** Writes the buffer, within the time limit. */
  readonly close: (withinMs?: number) => Promise<void>;
};

export type LogOptions = { readonly level: string; readonly format: 'json' | 'pretty' };

const standardOutput = 1;
const closeWithinMs = 1000;

/** Writes to standard output in the background. */
export function createLog(options: LogOptions, fd = standardOutput, clock: Clock = systemClock): Log {
  const output = new LogOutput(fd, clock, (lines) => log.warn({ lines }, 'lines of this log were lost'));
  const log = logTo((line) => output.write(line), options);
  return Object.assign(log, {
    lostLines: () => output.lost,
    close: (withinMs = closeWithinMs) => output.close(withinMs),
  });
}

function logTo(write: (line: string) => void, { level, format }: LogOptions): PinoLogger {
  const options = { level, base: null, serializers: { err: loggedError } };
  if (format === 'json') {
    const timestamp = pino.stdTimeFunctions.isoTime;
    return pino({ ...options, formatters: { level: (label) => ({ level: label }) }, timestamp }, { write });
  }
  const inWords = prettyFactory({
    colorize: process.stdout.isTTY === true,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
  return pino(options, { write: (line) => write(inWords(line) ?? '') });
}
