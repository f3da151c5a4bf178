import type { History, Operation, ReadOperation } from '../history.ts';
import type { Floor } from './floors.ts';
import { type IntendedWrites, intendedWrites } from './intended-writes.ts';
import { describeRank } from './rank.ts';
import { type SessionKnowledge, sessionKnowledge } from './session-knowledge.ts';

/** A history with what follows from it: what every checker reads. */
export type Evidence = {
  readonly operations: readonly Operation[];
  readonly writes: IntendedWrites;
  readonly knowledge: SessionKnowledge;
};

export function evidenceOf({ operations }: Pick<History, 'operations'>): Evidence {
  const writes = intendedWrites(operations);
  return { operations, writes, knowledge: sessionKnowledge(operations, writes) };
}

export function describeNode(read: ReadOperation): string {
  return read.served === null ? 'an unnamed node' : read.served.node;
}

/** "read order A version 7 at op 41", with the hand-over if there was one. */
export function describeFloor({ order, rank, operation, adoptedBy }: Floor): string {
  const verb = operation.kind === 'one' || operation.kind === 'many' || operation.kind === 'page' ? 'read' : 'wrote';
  const lesson = `${verb} order ${order} ${describeRank(rank)} at op ${operation.id}`;
  if (adoptedBy === null) return lesson;
  return `adopted at op ${adoptedBy.id} the token of session ${operation.session}, which ${lesson}`;
}
