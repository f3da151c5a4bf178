import { describe, expect, it } from 'vitest';
import {
  type ConsistencyDefaults,
  parseConsistencyRequest,
  type RawConsistencyRequest,
  stalenessLimitMs,
} from '../../../src/consistency/consistency-request.ts';
import { BadConsistencyRequestError } from '../../../src/consistency/errors.ts';

const defaults: ConsistencyDefaults = {
  level: 'SESSION',
  whenBehind: 'WAIT',
  waitMs: 50,
  maxWaitMs: 5_000,
  maxStalenessMs: 1_000,
};
const untouched = { tokens: [], level: 'SESSION', whenBehind: 'WAIT', waitMs: 50, maxStalenessMs: null };

const faultsOf = (raw: RawConsistencyRequest): readonly string[] => {
  try {
    parseConsistencyRequest(raw, defaults);
  } catch (error) {
    if (error instanceof BadConsistencyRequestError) return error.facts.faults as readonly string[];
    throw error;
  }
  return [];
};

describe('a consistency request', () => {
  it.each<[string, RawConsistencyRequest, object]>([
    ['takes the defaults when nothing was sent', {}, {}],
    ['takes an empty header as not sent', { headers: { token: '', level: ' ', waitMs: '' } }, {}],
    ['takes null in the directive as not sent', { directive: { level: null, waitMs: null } }, {}],
    ['reads the level in any case', { headers: { level: 'eVenTual' } }, { level: 'EVENTUAL' }],
    ['reads the policy', { headers: { whenBehind: ' bypass ' } }, { whenBehind: 'BYPASS' }],
    ['reads a wait of 0', { headers: { waitMs: '0' } }, { waitMs: 0 }],
    ['reads a wait up to the cap', { headers: { waitMs: '5000' } }, { waitMs: 5_000 }],
    [
      'lets the directive win',
      { headers: { level: 'strong', waitMs: '1' }, directive: { level: 'EVENTUAL', waitMs: 2 } },
      { level: 'EVENTUAL', waitMs: 2 },
    ],
    [
      'takes from the header what the directive leaves out',
      { headers: { whenBehind: 'fail' }, directive: { level: 'STRONG' } },
      { level: 'STRONG', whenBehind: 'FAIL' },
    ],
    [
      'bounds a bounded read by default',
      { headers: { level: 'bounded' } },
      { level: 'BOUNDED', maxStalenessMs: 1_000 },
    ],
    [
      'bounds a bounded read as asked',
      { headers: { level: 'bounded', maxStalenessMs: '200' } },
      { level: 'BOUNDED', maxStalenessMs: 200 },
    ],
    ['bounds a session read on top of its past', { headers: { maxStalenessMs: '200' } }, { maxStalenessMs: 200 }],
    [
      'reads a header that was sent twice',
      { headers: { token: 'aa, bb' } },
      {
        tokens: [
          { text: 'aa', carrier: 'header' },
          { text: 'bb', carrier: 'header' },
        ],
      },
    ],
    [
      'collects the tokens of all carriers',
      { headers: { token: 'aa' }, directive: { token: 'bb' }, cookieToken: 'cc' },
      {
        tokens: [
          { text: 'aa', carrier: 'header' },
          { text: 'bb', carrier: 'directive' },
          { text: 'cc', carrier: 'cookie' },
        ],
      },
    ],
    [
      'names each token once',
      { headers: { token: 'aa' }, cookieToken: 'aa' },
      { tokens: [{ text: 'aa', carrier: 'header' }] },
    ],
  ])('%s', (_title, raw, changed) => {
    expect(parseConsistencyRequest(raw, defaults)).toEqual({ ...untouched, ...changed });
  });

  it.each<[string, RawConsistencyRequest, RegExp]>([
    [
      'an unknown level',
      { headers: { level: 'linearizable' } },
      /^level must be one of eventual, bounded, session, strong, not "linearizable"$/,
    ],
    ['an unknown policy', { headers: { whenBehind: 'retry' } }, /^when-behind must be one of/],
    ['an unknown level in the directive', { directive: { level: 'ANY' } }, /^level/],
    [
      'a wrong header even where the directive wins',
      { headers: { level: 'x' }, directive: { level: 'STRONG' } },
      /^level/,
    ],
    [
      'a negative wait',
      { headers: { waitMs: '-1' } },
      /^wait-ms must be a whole number of milliseconds from 0 to 5000, not "-1"$/,
    ],
    ['a fraction', { headers: { waitMs: '1.5' } }, /^wait-ms/],
    ['a fraction in the directive', { directive: { waitMs: 1.5 } }, /^wait-ms/],
    ['a number in another notation', { headers: { waitMs: '1e3' } }, /^wait-ms/],
    ['a wait beyond the cap', { headers: { waitMs: '5001' } }, /^wait-ms/],
    ['an absurd wait', { headers: { waitMs: '9'.repeat(400) } }, /^wait-ms/],
    ['a level that was sent twice', { headers: { level: 'session, strong' } }, /^level/],
    [
      'a staleness beyond a day',
      { headers: { level: 'bounded', maxStalenessMs: `${stalenessLimitMs + 1}` } },
      /^max-staleness-ms/,
    ],
    ['a staleness with eventual', { headers: { level: 'eventual', maxStalenessMs: '5' } }, /not eventual$/],
    ['a staleness with strong', { headers: { maxStalenessMs: '5' }, directive: { level: 'STRONG' } }, /not strong$/],
    ['too many tokens', { headers: { token: 'a,b,c,d,e,f,g,h,i' } }, /^9 tokens were sent, at most 8 are read$/],
  ])('refuses %s', (_title, raw, fault) => {
    expect(faultsOf(raw)).toEqual([expect.stringMatching(fault)]);
  });

  it('lists all faults at once', () => {
    expect(faultsOf({ headers: { level: 'x', whenBehind: 'y', waitMs: 'z', maxStalenessMs: '-' } })).toHaveLength(4);
  });

  it('shows no more of a wrong value than helps', () => {
    expect(faultsOf({ headers: { level: 'x'.repeat(10_000) } })[0]?.length).toBeLessThan(200);
  });
});
