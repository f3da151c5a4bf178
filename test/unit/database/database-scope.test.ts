import { setTimeout as wait } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { DatabaseScope } from '../../../src/database/session/database-scope.ts';
import { ReadObservation } from '../../../src/database/session/read-observation.ts';
import type { SessionReader } from '../../../src/database/session/session-reader.ts';
import { SnapshotScope } from '../../../src/database/session/snapshot-scope.ts';
import { WriteCapture } from '../../../src/database/write/write-capture.ts';

let a: DatabaseScope;
let b: DatabaseScope;
beforeEach(() => {
  [a, b] = [new DatabaseScope('a'), new DatabaseScope('b')];
});

const newReader = (): SessionReader => ({
  read: () => Promise.reject(new Error('not asked')),
  observation: new ReadObservation(true),
});

describe('the scope of a database', () => {
  it('is empty outside: reads go nowhere by chance, and the error names the database', () => {
    expect([a.capture, a.snapshot, a.observation]).toEqual([null, null, undefined]);
    expect(() => a.reader).toThrow('A read of the database a was made outside of a session');
  });

  it('knows nothing of what is done on another one', async () => {
    const [reader, capture, snapshot] = [newReader(), new WriteCapture(), new SnapshotScope()];
    await b.reading(reader, () =>
      b.writing(capture, async () => {
        await wait(1);
        expect([a.capture, a.snapshot, a.observation]).toEqual([null, null, undefined]);
        expect(() => a.reader).toThrow('outside of a session');
        expect([b.capture, b.reader]).toEqual([capture, reader]);
      }),
    );
    await b.beginning(snapshot, async () => expect([a.snapshot, b.snapshot]).toEqual([null, snapshot]));
  });

  it('is the same behind work on another one, in whatever order they are nested', async () => {
    const [outer, inner, innermost] = [new WriteCapture(), new WriteCapture(), new WriteCapture()];
    const reader = newReader();
    await a.writing(outer, async () => {
      await b.writing(inner, async () => {
        await wait(1);
        expect([a.capture, b.capture]).toEqual([outer, inner]);
        await a.reading(reader, async () => expect([a.reader, b.capture]).toEqual([reader, inner]));
        await a.writing(innermost, async () => expect([a.capture, b.capture]).toEqual([innermost, inner]));
        expect([a.capture, b.capture]).toEqual([outer, inner]);
      });
      expect([a.capture, b.capture]).toEqual([outer, null]);
    });
  });

  it('keeps the reads of the session around a write', async () => {
    const reader = newReader();
    await a.reading(reader, () => a.writing(new WriteCapture(), async () => expect(a.reader).toBe(reader)));
  });

  it('of a session or a snapshot inside a write is not the write: what they commit it has not', async () => {
    const capture = new WriteCapture();
    await a.writing(capture, async () => {
      await a.reading(newReader(), async () => expect(a.capture).toBeNull());
      await a.beginning(new SnapshotScope(), async () => expect(a.capture).toBeNull());
      expect(a.capture).toBe(capture);
    });
  });

  it('of work apart is empty, and afterwards as it was', async () => {
    const capture = new WriteCapture();
    await a.reading(newReader(), () =>
      a.writing(capture, async () => {
        a.apart(() => expect([a.capture, a.observation]).toEqual([null, undefined]));
        expect(a.capture).toBe(capture);
      }),
    );
  });

  it('of a write inside a snapshot begins no snapshot', async () => {
    await a.beginning(new SnapshotScope(), () =>
      a.writing(new WriteCapture(), async () => expect(a.snapshot).toBeNull()),
    );
  });
});
