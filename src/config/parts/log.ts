import { part } from '../part.ts';
import { oneOf } from '../values.ts';
import { variable } from '../variable.ts';

export const log = part(
  'Log',
  {
    level: variable('LOG_LEVEL', oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'), {
      default: 'info',
      about: '`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`.',
    }),
    format: variable('LOG_FORMAT', oneOf('json', 'pretty'), {
      unset: '`pretty` in development, else `json`',
      about: '`json` or `pretty`.',
    }),
  },
  {
    complete: ({ level, format }, { environment }) => ({
      level,
      format: format ?? (environment === 'development' ? 'pretty' : 'json'),
    }),
  },
);
