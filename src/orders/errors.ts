import type { OrderWithItems } from '../database/orders/order-rows.ts';
import { TidemarkError } from '../errors.ts';
import { shortened } from '../platform/shortened.ts';
import type { OrderStatus } from './order-status.ts';

/** A fault of one part of an input. `path` is relative to the input. */
export type InputFault = { readonly path: readonly string[]; readonly message: string };

/** An expected refusal of a write. `path` names the part of the input concerned, relative to the input. */
export abstract class OrderRefusedError extends TidemarkError {
  readonly retryable = false;
  abstract readonly path: readonly string[];
}

/** Maximum number of faults reported. */
export const maxFaults = 10;

/** The input breaks rules that its types cannot express. Lists the first faults. */
export class InvalidInputError extends OrderRefusedError {
  readonly code = 'INVALID_INPUT';
  readonly path: readonly string[] = [];
  readonly faults: readonly InputFault[];

  constructor(faults: readonly InputFault[]) {
    const first = faults
      .slice(0, maxFaults)
      .map(({ path, message }) => ({ path: path.map(shortened), message: shortened(message) }));
    const lines = first.map(({ path, message }) => shortened(`${['input', ...path].join('.')} ${message}`));
    const more = faults.length > maxFaults ? `The input has more than ${maxFaults} faults. These are the first: ` : '';
    super(shortened(`${more}${lines.join('; ')}`), { facts: { faults: lines } });
    this.faults = first;
  }
}

/** The order does not exist; it may have been deleted. */
export class OrderNotFoundError extends OrderRefusedError {
  readonly code = 'ORDER_NOT_FOUND';
  readonly path = ['id'];

  constructor() {
    super('There is no order with this id');
  }
}

/** Another client changed the order first. `current` was read from the source, in the transaction that was refused. */
export class VersionConflictError extends OrderRefusedError {
  readonly code = 'VERSION_CONFLICT';
  readonly path = ['expectedVersion'];
  readonly current: OrderWithItems;
  readonly expectedVersion: number;

  constructor(current: OrderWithItems, expectedVersion: number) {
    super(`The order is at version ${current.version}, not at ${expectedVersion}`, {
      facts: { expectedVersion, currentVersion: current.version },
    });
    this.current = current;
    this.expectedVersion = expectedVersion;
  }
}

/** The status cannot follow the current one. */
export class InvalidStatusTransitionError extends OrderRefusedError {
  readonly code = 'INVALID_STATUS_TRANSITION';
  readonly path = ['status'];
  readonly from: OrderStatus;
  readonly to: OrderStatus;
  readonly allowed: readonly OrderStatus[];

  constructor(transition: { from: OrderStatus; to: OrderStatus; allowed: readonly OrderStatus[] }) {
    const { from, to, allowed } = transition;
    const choices = allowed.length === 0 ? 'nothing: that status is final' : allowed.join(' or ');
    super(`An order that is ${from} cannot become ${to}, only ${choices}`, { facts: { from, to, allowed } });
    this.from = from;
    this.to = to;
    this.allowed = allowed;
  }
}

/** The key belongs to an earlier call with other input. */
export class IdempotencyKeyReusedError extends OrderRefusedError {
  readonly code = 'IDEMPOTENCY_KEY_REUSED';
  readonly path = ['idempotencyKey'];

  constructor() {
    super('This idempotency key was used before, with other input');
  }
}

/** The first call's result is known but its position is not yet, and could not be determined now. */
export class ReplayUnsettledError extends TidemarkError {
  readonly code = 'REPLAY_UNSETTLED';
  readonly retryable = true;

  constructor() {
    super('The earlier call with this idempotency key is still being settled; try again');
  }
}

/** The cursor does not belong to this list. */
export class BadCursorError extends TidemarkError {
  readonly code = 'BAD_CURSOR';
  readonly retryable = false;

  constructor(argument: 'after' | 'before', fault: string) {
    super(`The cursor in \`${argument}\` ${fault}`, { facts: { argument } });
  }
}

/** The arguments of a list contradict each other or are out of range. */
export class BadListRequestError extends TidemarkError {
  readonly code = 'BAD_USER_INPUT';
  readonly retryable = false;
}
