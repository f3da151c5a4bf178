// The part that monotonic writes and writes follow reads have in common: whoever sees a write sees what that write's
// session had done before it. They differ in what counts as done: wrote, or read.
//
// A read sees a write when it shows the version that the write made or a later one, or a deletion that is certain.
// The duty to see its causes holds within the same read, which is one snapshot, and in every later read of the session
// that saw it, or that adopted the token of one that did.
//
// The same holds on the source itself: a write of an order makes a later version than the one its session had written
// or read before it.
import { joinsSession, type Observation, type Operation, owesGuarantees, type ReadOperation } from '../history.ts';
import type { Anomaly, Guarantee } from './anomaly.ts';
import { describeFloor, describeNode, type Evidence } from './evidence.ts';
import type { Floor, Floors } from './floors.ts';
import type { IntendedWrite } from './intended-writes.ts';
import { canReach, describeRank, notThereYet } from './rank.ts';
import type { Known } from './session-knowledge.ts';
import { sweep } from './sweep.ts';

export type Causes = {
  readonly guarantee: Guarantee;
  floors(session: number): Floors;
  /** The sessions that have a floor of an order. */
  knowers(order: string): Iterable<number>;
  count(known: Known): number;
};

/** For each writing session the latest of its writes that was seen, and where. */
type Effects = Map<number, Effect>;
type Effect = { readonly write: IntendedWrite; readonly seenBy: ReadOperation };

export function causesBeforeEffects(evidence: Evidence, causes: Causes): Anomaly[] {
  return [...outOfOrderOnTheSource(evidence, causes), ...effectsWithoutCauses(evidence, causes)];
}

function effectsWithoutCauses({ operations, writes, knowledge }: Evidence, causes: Causes): Anomaly[] {
  const anomalies: Anomaly[] = [];
  const seenBefore = new Map<number, Effects>();
  const handedOver = new Map<Operation, Effects>();
  const effectsKnownTo = (session: number): Effects => {
    const effects = seenBefore.get(session) ?? new Map();
    seenBefore.set(session, effects);
    return effects;
  };

  sweep(operations, {
    begins: (operation) => {
      if (operation.kind === 'adopt') handedOver.set(operation, new Map(effectsKnownTo(operation.from)));
      if (!owesGuarantees(operation)) return;
      const known = effectsKnownTo(operation.session);
      const here = shown(operation);
      for (const seen of operation.seen) {
        for (const writer of causes.knowers(seen.order)) {
          const effect = later(known.get(writer), here.get(writer));
          if (effect === undefined) continue;
          const floor = causes.floors(writer).at(seen.order, knownBefore(effect.write));
          if (floor === undefined || canReach(seen, floor.rank, operation, writes.earliestDelete)) continue;
          anomalies.push(complain(floor, effect, seen, operation));
        }
      }
    },
    ends: (operation) => {
      if (joinsSession(operation)) addEffects(effectsKnownTo(operation.session), shown(operation));
      if (operation.kind === 'adopt') addEffects(effectsKnownTo(operation.session), handedOver.get(operation) ?? []);
    },
  });
  return anomalies;

  function knownBefore(write: IntendedWrite): number {
    return causes.count(knowledge.before(write.attempts[0]));
  }

  function shown(read: ReadOperation): Effects {
    const effects: Effects = new Map();
    for (const { seen, rank } of knowledge.sights(read)) {
      for (const write of writes.of(seen.order)) {
        if ((write.rank ?? rank) > rank) break;
        addEffects(effects, [[write.session, { write, seenBy: read }]]);
      }
    }
    return effects;
  }

  function complain(floor: Floor, { write, seenBy }: Effect, seen: Observation, read: ReadOperation): Anomaly {
    const [effect] = write.attempts;
    const sight = seen.version === null ? `no order ${seen.order}` : `order ${seen.order} version ${seen.version}`;
    const explanation =
      `session ${write.session} ${describeFloor(floor)} before it wrote order ${write.order} ` +
      `${describeRank(write.rank ?? notThereYet)} at op ${effect.id}; ` +
      `session ${read.session} saw that write${seenBy === read ? '' : ` at op ${seenBy.id}`} ` +
      `and read ${sight} from ${describeNode(read)} at op ${read.id}`;
    const operations = [...new Set([floor.operation.id, effect.id, seenBy.id, read.id])];
    return { guarantee: causes.guarantee, session: read.session, operations, explanation };
  }
}

function addEffects(effects: Effects, more: Iterable<[number, Effect]>): void {
  for (const [writer, effect] of more) {
    const latest = later(effects.get(writer), effect);
    if (latest !== undefined) effects.set(writer, latest);
  }
}

/** What the later write of a session depends on includes what the earlier one does. */
function later(known: Effect | undefined, more: Effect | undefined): Effect | undefined {
  if (known === undefined || more === undefined) return known ?? more;
  return known.write.attempts[0].startedAtMs < more.write.attempts[0].startedAtMs ? more : known;
}

function outOfOrderOnTheSource({ writes, knowledge }: Evidence, causes: Causes): Anomaly[] {
  return writes.all.flatMap((write): Anomaly[] => {
    if (write.fate !== 'committed' || write.order === null || write.rank === null) return [];
    const [first] = write.attempts;
    const floor = causes.floors(write.session).at(write.order, causes.count(knowledge.before(first)));
    if (floor === undefined || floor.rank < write.rank) return [];
    const explanation =
      `session ${write.session} ${describeFloor(floor)} ` +
      `and its later write at op ${first.id} made ${describeRank(write.rank)}`;
    return [
      {
        guarantee: causes.guarantee,
        session: write.session,
        operations: [floor.operation.id, first.id],
        explanation,
      },
    ];
  });
}
