import { destination, type Logger as PinoLogger, pino } from 'pino';
import pretty from 'pino-pretty';

/** Structured log: facts first, then one sentence. */
export type Logger = Pick<PinoLogger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'child' | 'level'>;

export type LogOptions = { readonly level: string; readonly format: 'json' | 'pretty' };

/** Writes to standard output, at once: a line that was logged is not lost when the process ends. */
export function createLog({ level, format }: LogOptions): Logger {
  const options = { level, base: null, formatters: { level: (label: string) => ({ level: label }) } };
  if (format === 'json')
    return pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime }, destination({ sync: true }));
  const stream = pretty({
    sync: true,
    colorize: process.stdout.isTTY,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
  return pino({ level, base: null }, stream);
}
