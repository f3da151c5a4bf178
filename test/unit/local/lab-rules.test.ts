import { describe, expect, it } from 'vitest';
import { isUntouched, type LabAction, type LabNode, refusalOf } from '../../../src/local/lab/lab-rules.ts';

const replica: LabNode = {
  name: 'replica-1',
  role: 'replica',
  state: 'running',
  applier: 'running',
  delayS: 0,
  doing: null,
};
const hung: Partial<LabNode> = { state: 'hung', applier: null, delayS: null };
const killed: Partial<LabNode> = { state: 'killed', applier: null, delayS: null };

const delay: LabAction = { name: 'delay', seconds: 1 };
const action = (name: Exclude<LabAction['name'], 'delay'>): LabAction => ({ name });

describe('what is asked of the lab', () => {
  it.each<[LabAction, Partial<LabNode>, string | null]>([
    [delay, {}, null],
    [delay, { delayS: 5 }, null],
    [delay, { role: 'source', applier: null }, 'replica-1 is the source: it does not replicate'],
    [delay, { role: 'backup', applier: null }, 'replica-1 is the backup: it does not replicate'],
    [delay, hung, 'replica-1 is hung'],
    [delay, killed, 'replica-1 is not running'],
    [action('stop-applier'), {}, null],
    [action('stop-applier'), { role: 'source', applier: null }, 'replica-1 is the source: it does not replicate'],
    [action('start-applier'), { applier: 'stopped' }, null],
    [action('start-applier'), killed, 'replica-1 is not running'],
    [action('kill'), {}, null],
    [action('kill'), { role: 'source' }, null],
    [action('kill'), hung, null],
    [action('kill'), killed, 'replica-1 is not running'],
    [action('start'), killed, null],
    [action('start'), {}, 'replica-1 is already running'],
    [action('start'), hung, 'replica-1 is already running, but hung'],
    [action('hang'), {}, null],
    [action('hang'), hung, 'replica-1 is hung'],
    [action('hang'), killed, 'replica-1 is not running'],
    [action('resume'), hung, null],
    [action('resume'), {}, 'replica-1 is not hung'],
    [action('resume'), { doing: 'kill' }, 'replica-1 is busy: kill is still in progress'],
  ])('%j on %j: %s', (asked, node, refusal) => {
    expect(refusalOf(asked, { ...replica, ...node }, 'replication')).toBe(refusal);
  });

  it('is no delay in a replication group', () => {
    expect(refusalOf(delay, replica, 'group')).toMatch(/cannot be delayed/);
    expect(refusalOf(action('stop-applier'), replica, 'group')).toBeNull();
  });
});

describe('a server is untouched', () => {
  it.each<[Partial<LabNode>, boolean]>([
    [{}, true],
    [{ role: 'source', applier: null, delayS: null }, true],
    [{ delayS: 1 }, false],
    [{ applier: 'stopped' }, false],
    [hung, false],
    [killed, false],
  ])('as %j: %s', (node, expected) => expect(isUntouched({ ...replica, ...node })).toBe(expected));
});
