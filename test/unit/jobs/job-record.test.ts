import { describe, expect, it } from 'vitest';
import { doneOf, parseJobRecord, stateOf } from '../../../src/jobs/job-record.ts';
import { readFailure, writeFailure } from '../../../src/jobs/task.ts';

const fields = ['kind', 'RECHECK_ORDERS', 'total', '4', 'queuedAtMs', '1000', 'revision', '3', 'begunAtMs', '1000'];

describe('what Redis keeps of a job', () => {
  it('is queued before anything of it is done', () => {
    const record = parseJobRecord('j', fields);
    expect(record).toMatchObject({ id: 'j', total: 4, changed: 0, failed: 0, startedAtMs: null, tokens: [] });
    expect(record && [stateOf(record), doneOf(record)]).toEqual(['QUEUED', 0]);
  });

  it('counts each order once, and has a token for each worker', () => {
    const done = ['CHANGED', '1', 'UNCHANGED', '1', 'GONE', '1', 'FAILED', '1', 'startedAtMs', '1001'];
    const record = parseJobRecord('j', [...fields, ...done, 'finishedAtMs', '1002', 'token:a', 'A', 'token:b', 'B']);
    expect(record && [stateOf(record), doneOf(record), record.tokens]).toEqual(['FINISHED', 4, ['A', 'B']]);
  });

  it.each([
    ['nothing', []],
    ['an unknown kind', ['kind', 'SING', 'total', '1']],
    ['one that has not begun', ['kind', 'RECHECK_ORDERS', 'total', '4', 'queuedAtMs', '1000']],
    ['something else', null],
  ])('is no job when it is %s', (_, answer) => {
    expect(parseJobRecord('j', answer)).toBeNull();
  });
});

describe('why a task failed', () => {
  it.each([
    ['PAYMENTS_UNAVAILABLE', 'it is gone: away'],
    ['A_B', ''],
    ['INTERNAL_ERROR', 'two\nlines'],
  ])('is one text and back: %s', (code, message) => {
    expect(readFailure(writeFailure(code, message))).toEqual({ code, message });
  });

  it('is told in the words of the queue when it knows no better', () => {
    const message = 'job stalled more than allowable limit';
    expect(readFailure(message)).toEqual({ code: 'FAILED', message });
  });
});
