import { TidemarkError } from '../errors.ts';

/** Not the URL of a server. The message never shows the URL, which contains a password. */
export class BadServerUrlError extends TidemarkError {
  readonly code = 'BAD_SERVER_URL';
  readonly retryable = false;

  constructor(nodeName: string, fault: string) {
    super(`The URL of ${nodeName} ${fault}`, { facts: { node: nodeName } });
  }
}
