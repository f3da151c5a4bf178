// Histories in a few lines, for tests:
//
//   1 create a@1            session 1, acknowledged as version 1 of order a
//   1 update a@2            … version 2;   1 delete a
//   1 update a lost         indeterminate (`create`, `delete` likewise);   1 update a refused
//   1 update a@2 key=7      write 7, as another attempt with the same idempotency key
//   2 read a@2 b-           one snapshot: a at version 2, b not there;   a@2#9 shows the mark of write 9
//   2 eventual a@1          the same at a level that promises nothing;   2 bounded a@1;   2 bounded:3 a@1 names its bound
//   2 adopt 1               session 2 takes over session 1's token
//   9 final a@2             read from the source after the last write
//   & 1 read a@1            begins together with the line above and ends after it
//
// Lines follow each other in time. A read of a version carries the mark of the write that the history says made it.
import type { Observation, Operation, WriteOperation } from './history.ts';

export function operationsOf(notation: string): Operation[] {
  const lines = notation
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const writers = new Map<string, number>();
  const sequences = new Map<number, number>();
  let startedAtMs = 0;
  let endedAtMs = 0;
  const timed = lines.map((line, id) => {
    const together = line.startsWith('& ');
    startedAtMs = together ? startedAtMs + 0.001 : Math.floor(endedAtMs) + 1;
    endedAtMs = together ? endedAtMs + 0.001 : startedAtMs + 0.5;
    const [who = '', verb = '', ...rest] = line.replace(/^& /, '').split(/\s+/);
    const session = Number(who);
    const sequence = (sequences.get(session) ?? 0) + 1;
    sequences.set(session, sequence);
    return { verb, rest, asked: { id, session, sequence, startedAtMs, endedAtMs } };
  });
  const writes = timed.map(({ verb, rest, asked }) => {
    if (verb !== 'create' && verb !== 'update' && verb !== 'delete') return null;
    const write = parseWrite(verb, rest, asked);
    if (write.version !== null) writers.set(`${write.order}@${write.version}`, write.write);
    return write;
  });
  return timed.map(({ verb, rest, asked }, index): Operation => {
    const write = writes[index];
    if (write) return write;
    if (verb === 'adopt') return { ...asked, kind: 'adopt', from: Number(rest[0]) };
    const [name, bound] = verb.split(':');
    const level = levels[name as keyof typeof levels] ?? 'SESSION';
    return {
      ...asked,
      kind: rest.length === 1 ? 'one' : 'many',
      level,
      ...(bound !== undefined && { maxStalenessMs: Number(bound) }),
      outcome: 'ok',
      seen: rest.map((word) => parseSeen(word, writers)),
      served: { node: 'replica-1', role: 'REPLICA', reason: 'replica-caught-up', waitedMs: 0 },
      error: null,
      final: verb === 'final',
    };
  });
}

const levels = { eventual: 'EVENTUAL', bounded: 'BOUNDED', final: 'STRONG' } as const;

type Asked = Pick<Operation, 'id' | 'session' | 'sequence' | 'startedAtMs' | 'endedAtMs'>;

function parseWrite(kind: WriteOperation['kind'], [target = '', ...notes]: string[], asked: Asked): WriteOperation {
  const [order = '', version] = target.split('@');
  const outcome = notes.includes('lost') ? 'indeterminate' : notes.includes('refused') ? 'rejected' : 'committed';
  const key = notes.find((note) => note.startsWith('key='))?.slice('key='.length);
  return {
    ...asked,
    kind,
    write: key === undefined ? 1000 + asked.id : Number(key),
    order: kind === 'create' && outcome !== 'committed' ? null : order,
    outcome,
    version: version === undefined ? null : Number(version),
    error: outcome === 'committed' ? null : outcome === 'rejected' ? 'SOURCE_UNAVAILABLE' : 'WRITE_INDETERMINATE',
  };
}

function parseSeen(word: string, writers: ReadonlyMap<string, number>): Observation {
  if (word.endsWith('-')) return { order: word.slice(0, -1), version: null, write: null };
  const [place = '', mark] = word.split('#');
  const [order = '', version] = place.split('@');
  return { order, version: Number(version), write: mark === undefined ? (writers.get(place) ?? null) : Number(mark) };
}
