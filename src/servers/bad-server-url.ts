import { TidemarkError } from '../errors.ts';

/** Not the address of a server. Never shows the URL, which has a password in it. */
export class BadServerUrlError extends TidemarkError {
  readonly code = 'BAD_SERVER_URL';
  readonly retryable = false;

  constructor(nodeName: string, fault: string) {
    super(`The URL of ${nodeName} ${fault}`, { facts: { node: nodeName } });
  }
}
