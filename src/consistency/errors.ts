import { TidemarkError } from '../errors.ts';
import type { Flavour, Position } from './position.ts';

/** Why a token was refused, from a closed list. */
export const tokenFaults = [
  'malformed',
  'oversize',
  'unknown-version',
  'unknown-key',
  'bad-signature',
  'foreign-flavour',
  'from-the-future',
] as const;
export type TokenFault = (typeof tokenFaults)[number];

const tokenFaultTexts: Readonly<Record<TokenFault, string>> = {
  malformed: 'it is not a token as issued',
  oversize: 'it is longer than any issued token',
  'unknown-version': 'its version is unknown here',
  'unknown-key': 'its signing key is unknown here',
  'bad-signature': 'its signature is invalid',
  'foreign-flavour': 'it belongs to another family of servers',
  'from-the-future': 'it was issued in the future',
};

/** A consistency token that was not issued with the configured keys, or cannot be used here. Drop the token and read again. */
export class InvalidConsistencyTokenError extends TidemarkError {
  readonly code = 'INVALID_CONSISTENCY_TOKEN';
  readonly retryable = false;
  readonly reason: TokenFault;

  constructor(reason: TokenFault) {
    super(`The consistency token is refused: ${tokenFaultTexts[reason]}`, { facts: { reason } });
    this.reason = reason;
  }
}

/** The consistency headers or the `@consistency` directive are invalid. Lists every fault. */
export class BadConsistencyRequestError extends TidemarkError {
  readonly code = 'BAD_CONSISTENCY_REQUEST';
  readonly retryable = false;

  constructor(faults: readonly string[]) {
    super(`Invalid consistency request: ${faults.join('; ')}`, { facts: { faults } });
  }
}

/** No node reached the requested position in time, and the request forbids using the source. */
export class ConsistencyTimeoutError extends TidemarkError {
  readonly code = 'CONSISTENCY_TIMEOUT';
  readonly retryable = true;

  /** `current` is the position of the most advanced node, `null` if none is known. */
  constructor(outcome: { wanted: Position | null; current: Position | null; waitedMs: number }) {
    super(`No replica reached the requested position within ${outcome.waitedMs} ms`, {
      facts: {
        wanted: outcome.wanted?.format() ?? null,
        current: outcome.current?.format() ?? null,
        waitedMs: outcome.waitedMs,
      },
    });
  }
}

/**
 * The token names a write that was acknowledged and is no longer part of the source's history: it was lost in a failover or a restore.
 * Drop the token, re-check the data, and continue with the token that this error carries.
 */
export class WriteLostError extends TidemarkError {
  readonly code = 'WRITE_LOST';
  readonly retryable = false;
  /** Names all of the past that is left. */
  readonly token: string;

  constructor(lost: { epoch: number; currentEpoch: number; position: Position | null; token: string }) {
    super('A write that this session has seen is no longer part of the source’s history', {
      facts: { epoch: lost.epoch, currentEpoch: lost.currentEpoch, position: lost.position?.format() ?? null },
    });
    this.token = lost.token;
  }
}

/** The token is of an epoch unknown to this process: the servers it knows may lack what the token names. */
export class EpochAheadError extends TidemarkError {
  readonly code = 'EPOCH_AHEAD';
  readonly retryable = true;

  constructor() {
    super('The token refers to a promotion that this process has not seen yet');
  }
}

/** A text that is not a position of its flavour. */
export class MalformedPositionError extends TidemarkError {
  readonly code = 'MALFORMED_POSITION';
  readonly retryable = false;

  constructor(flavour: Flavour, text: string, fault: string) {
    const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
    super(`Not a ${flavour} position: ${fault}`, { facts: { flavour, text: shown, fault } });
  }
}

/** Positions of different flavours were combined: a mistake in the code, or a cluster of mixed servers. */
export class MixedFlavourError extends TidemarkError {
  readonly code = 'MIXED_FLAVOUR';
  readonly retryable = false;

  constructor(left: Flavour, right: Flavour) {
    super(`A ${left} position cannot be combined with a ${right} one`, { facts: { left, right } });
  }
}

/** Sessions of different clusters or epochs were merged: each must be judged and brought to the current epoch first. */
export class MixedHistoryError extends TidemarkError {
  readonly code = 'MIXED_HISTORY';
  readonly retryable = false;
}

/** The signing keys or the cluster id are invalid. */
export class InvalidTokenSettingsError extends TidemarkError {
  readonly code = 'INVALID_TOKEN_SETTINGS';
  readonly retryable = false;
}
