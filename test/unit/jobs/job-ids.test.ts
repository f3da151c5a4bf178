import { describe, expect, it } from 'vitest';
import { isJobId, readDeadLetterId, writeDeadLetterId } from '../../../src/jobs/job-ids.ts';

const job = `j${'0a'.repeat(12)}`;

describe('the id of a job', () => {
  it.each([job, `s${'f'.repeat(24)}`])('is %s', (text) => {
    expect(isJobId(text)).toBe(true);
  });

  it.each(['', 'x', job.toUpperCase(), `${job}0`, `${job}\n`, `${job}:tasks`, `k${job.slice(1)}`, 'wait'])(
    'is not %j',
    (text) => {
      expect(isJobId(text)).toBe(false);
    },
  );
});

describe('the id of a dead letter', () => {
  it.each([
    `${job}-17`,
    `${job}-18446744073709551615`,
    `${job}-17-lk3f9-lk3fa`,
    `${job}-all`,
    'repeat:schedule:1764444444000',
  ])('is read as it was written: %s', (id) => {
    const key = { kind: 'RECHECK_ORDERS', id } as const;
    expect(readDeadLetterId(writeDeadLetterId(key))).toEqual(key);
  });

  it.each([
    'RECHECK_ORDERS.wait',
    'RECHECK_ORDERS.active',
    'REFRESH_NEW_ORDERS.repeat',
    'RECHECK_ORDERS.',
    'RECHECK_ORDERS',
    `SING.${job}-17`,
    `RECHECK_ORDERS.${job}`,
    `RECHECK_ORDERS.${job}-17:lock`,
    `RECHECK_ORDERS.${job}-17\n`,
    '',
    '.',
  ])('is not %j', (text) => {
    expect(readDeadLetterId(text)).toBeNull();
  });
});
