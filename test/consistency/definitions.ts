// The four guarantees once more, word for word as quantifiers over operations, with no thought for cost: what the real
// checkers are compared with.
import {
  isWrite,
  joinsSession,
  type Observation,
  type Operation,
  owesGuarantees,
  type ReadOperation,
  type WriteOperation,
} from './history.ts';

type Fact = { readonly order: string; readonly rank: number };
type Verdict = { readonly guarantee: string; readonly operation: number };

export function verdictsByDefinition(operations: readonly Operation[]): Verdict[] {
  const reads = operations.filter(owesGuarantees);
  const writes = operations.filter(isWrite);
  const remembered = new Map<string, unknown>();

  function once<T>(name: string, compute: () => T): T {
    if (!remembered.has(name)) remembered.set(name, compute());
    return remembered.get(name) as T;
  }
  const endedBefore = (operation: Operation, session: number, atMs: number) =>
    operation.session === session && operation.endedAtMs < atMs;
  const beginningOf = (write: number) =>
    Math.min(...writes.filter((attempt) => attempt.write === write).map((attempt) => attempt.startedAtMs));
  const deletable = (order: string, read: ReadOperation) =>
    writes.some(
      (write) =>
        write.kind === 'delete' &&
        write.order === order &&
        writes.some((attempt) => attempt.write === write.write && attempt.outcome !== 'rejected') &&
        beginningOf(write.write) < read.endedAtMs,
    );
  const tooOld = (seen: Observation, rank: number, read: ReadOperation) =>
    seen.version === null ? !deletable(seen.order, read) : seen.version < rank;
  const rankOf = (write: WriteOperation) => (write.kind === 'delete' ? Number.POSITIVE_INFINITY : (write.version ?? 0));

  const wrote = (session: number, atMs: number): Fact[] =>
    once(`wrote ${session} ${atMs}`, () =>
      writes
        .filter((write) => endedBefore(write, session, atMs) && write.outcome === 'committed')
        .map((write) => ({ order: write.order ?? '', rank: rankOf(write) })),
    );
  const sightsOf = (one: ReadOperation): Fact[] =>
    one.seen.flatMap((seen): Fact[] => {
      const { order, version } = seen;
      if (version !== null) return [{ order, rank: version }];
      const known = [...wrote(one.session, one.startedAtMs), ...hadRead(one.session, one.startedAtMs)];
      if (!known.some((fact) => fact.order === order) || !deletable(order, one)) return [];
      return [{ order, rank: Number.POSITIVE_INFINITY }];
    });
  const hadRead = (session: number, atMs: number): Fact[] =>
    once(`read ${session} ${atMs}`, () =>
      operations
        .filter((operation) => endedBefore(operation, session, atMs))
        .flatMap((operation): Fact[] => {
          if (joinsSession(operation)) return sightsOf(operation);
          if (operation.kind !== 'adopt') return [];
          return [...wrote(operation.from, operation.startedAtMs), ...hadRead(operation.from, operation.startedAtMs)];
        }),
    );

  /** Where each intention stands: by acknowledgement, else by sight. */
  const places = new Map<number, Fact>();
  for (const { write, order } of writes) {
    const told = writes.find((attempt) => attempt.write === write && attempt.outcome === 'committed');
    const sight = operations
      .flatMap((operation) => ('seen' in operation ? operation.seen : []))
      .find((seen) => seen.write === write && seen.version !== null);
    if (told) places.set(write, { order: told.order ?? '', rank: rankOf(told) });
    else if (sight) places.set(write, { order: order ?? sight.order, rank: sight.version ?? 0 });
  }
  const shownBy = (one: ReadOperation): number[] =>
    sightsOf(one).flatMap(({ order, rank }) =>
      [...places].filter(([, place]) => place.order === order && place.rank <= rank).map(([write]) => write),
    );
  const sawWrites = (session: number, atMs: number): number[] =>
    once(`saw ${session} ${atMs}`, () =>
      operations
        .filter((operation) => endedBefore(operation, session, atMs))
        .flatMap((operation) => {
          if (joinsSession(operation)) return shownBy(operation);
          return operation.kind === 'adopt' ? sawWrites(operation.from, operation.startedAtMs) : [];
        }),
    );
  const causes = (write: number, known: typeof wrote): Fact[] => {
    const author = writes.find((attempt) => attempt.write === write);
    return author === undefined ? [] : known(author.session, beginningOf(write));
  };
  const breaks = (one: ReadOperation, duties: readonly Fact[]) =>
    one.seen.some((seen) => duties.some(({ order, rank }) => order === seen.order && tooOld(seen, rank, one)));

  const verdicts: Verdict[] = [];
  for (const one of reads) {
    const seen = [...sawWrites(one.session, one.startedAtMs), ...shownBy(one)];
    const duties: [string, Fact[]][] = [
      ['read your writes', wrote(one.session, one.startedAtMs)],
      ['monotonic reads', hadRead(one.session, one.startedAtMs)],
      ['monotonic writes', seen.flatMap((write) => causes(write, wrote))],
      ['writes follow reads', seen.flatMap((write) => causes(write, hadRead))],
    ];
    for (const [guarantee, facts] of duties) if (breaks(one, facts)) verdicts.push({ guarantee, operation: one.id });
  }
  for (const [write, place] of places) {
    const attempts = writes.filter((attempt) => attempt.write === write);
    if (!attempts.some((attempt) => attempt.outcome === 'committed')) continue;
    const first = attempts.find((attempt) => attempt.startedAtMs === beginningOf(write));
    for (const [guarantee, known] of [
      ['monotonic writes', wrote],
      ['writes follow reads', hadRead],
    ] as const) {
      const late = causes(write, known).some(({ order, rank }) => order === place.order && rank >= place.rank);
      if (late) verdicts.push({ guarantee, operation: first?.id ?? -1 });
    }
  }
  return verdicts;
}
