/** Faults between this process and a server: counted, and reported to the write that met them and to the node's monitor. */
import { TidemarkError } from '../../errors.ts';
import { type DriverFault, NodeDownError } from '../../servers/driver-fault.ts';
import { faultInWords, faultOf, readRefusalOf } from '../../servers/faults.ts';
import type { WriteCapture } from '../write/write-capture.ts';

/** A read that a server refused for a reason of its own. `again` retries it there, without counting faults. */
export type RefusedRead = { readonly error: unknown; readonly again: () => Promise<unknown> };

export class MetFaults {
  readonly #counts = new Map<DriverFault, number>();
  readonly #onConnectionLost: (trouble: string) => void;
  #lastRefused: RefusedRead | null = null;

  constructor(onConnectionLost: (trouble: string) => void) {
    this.#onConnectionLost = onConnectionLost;
  }

  /** How often a fault was met. Only grows. */
  count(fault: DriverFault): number {
    return this.#counts.get(fault) ?? 0;
  }

  get lastRefused(): RefusedRead | null {
    return this.#lastRefused;
  }

  /** `capture`: of the write that `send` is a part of. `again`: of a read. */
  async noting<T>(
    send: () => Promise<T>,
    capture: WriteCapture | null,
    again: RefusedRead['again'] | null = null,
  ): Promise<T> {
    try {
      return await send();
    } catch (error) {
      this.#note(error, capture);
      if (again !== null && readRefusalOf(error) !== null) this.#lastRefused = { error, again };
      throw error;
    }
  }

  #note(error: unknown, capture: WriteCapture | null): void {
    // Our own refusals to send anything say nothing new.
    if (error instanceof TidemarkError) {
      if (capture !== null) capture.refusal = error;
      return;
    }
    const fault = faultOf(error);
    capture?.failed(fault, error);
    this.#counts.set(fault, this.count(fault) + 1);
    if (fault === 'CONNECTION' && !(error instanceof NodeDownError)) this.#onConnectionLost(faultInWords(error));
  }
}
