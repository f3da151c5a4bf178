import { TidemarkError } from '../errors.ts';

/** One fault of the environment. `fault` never repeats the value, which may be a secret. */
export type ConfigFault = { readonly name: string; readonly fault: string };

/** All faults of the environment, one line each. */
export class ConfigError extends TidemarkError {
  readonly code = 'CONFIG_INVALID';
  readonly retryable = false;
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    super(faults.map(({ name, fault }) => `${name}: ${fault}`).join('\n'));
    this.faults = faults;
  }
}
