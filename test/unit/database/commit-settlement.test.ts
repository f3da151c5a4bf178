import { expect, it } from 'vitest';
import { judgeElsewhere, judgeProof, type ProofState } from '../../../src/database/write/commit-settlement.ts';

const proof = { writer: '18446744073709551615', number: 7, thread: 42, openSinceMs: 0 };

it.each([
  ['7', 'GONE', false, 'COMMITTED'],
  ['7', 'AT_REST', false, 'COMMITTED'],
  // Shown to others before it is acknowledged.
  ['7', 'AT_WORK', false, 'WAIT'],
  ['7', 'AT_WORK', true, 'COMMITTED'],
  ['6', 'GONE', false, 'ROLLED_BACK'],
  ['6', 'AT_REST', false, 'ROLLED_BACK'],
  ['6', 'AT_WORK', false, 'WAIT'],
  ['6', 'GONE', true, 'ROLLED_BACK'],
  [null, 'GONE', false, 'ROLLED_BACK'],
  ['LOCKED', 'AT_WORK', false, 'WAIT'],
  // The COMMIT never arrived.
  ['LOCKED', 'AT_REST', false, 'END_IT'],
  // The number may be somebody else's by now.
  ['LOCKED', 'AT_REST', true, 'WAIT'],
  ['LOCKED', 'GONE', false, 'WAIT'],
] as const)('a row with %s, the connection %s, perhaps started since: %s: %s', (row, thread, mayBeAnother, verdict) => {
  const probe: ProofState = { row, thread, mayBeAnother };
  expect(judgeProof(probe, proof)).toBe(verdict);
});

it.each([
  ['7', true, 'COMMITTED'],
  ['7', false, 'COMMITTED'],
  // Its replication may still bring it.
  ['6', true, 'WAIT'],
  [null, true, 'WAIT'],
  // Only the server that was lost can have it.
  ['6', false, 'UNKNOWN'],
  [null, false, 'UNKNOWN'],
  ['LOCKED', true, 'WAIT'],
  ['LOCKED', false, 'WAIT'],
] as const)('on another source, a row with %s, more to be received: %s: %s', (row, mayReceive, verdict) => {
  expect(judgeElsewhere(row, proof, mayReceive)).toBe(verdict);
});
