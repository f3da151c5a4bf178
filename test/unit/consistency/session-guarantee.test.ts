import { describe, expect, it } from 'vitest';
import { consistencyLevels } from '../../../src/consistency/levels.ts';
import { requirementFor } from '../../../src/consistency/session-guarantee.ts';
import { MariadbGtidPosition } from '../../../src/servers/mariadb/gtid-position.ts';

const position = MariadbGtidPosition.parse('0-1-5');

describe('what a read must include', () => {
  it.each([
    ['EVENTUAL', { position: null, mustUseSource: false, observeAfter: false }],
    ['BOUNDED', { position: null, mustUseSource: false, observeAfter: true }],
    ['SESSION', { position, mustUseSource: false, observeAfter: true }],
    ['STRONG', { position: null, mustUseSource: true, observeAfter: true }],
  ] as const)('follows from the level: %s', (level, requirement) => {
    const judged = requirementFor(level, { position, requiresSource: false });
    expect(judged).toEqual(requirement);
    expect(judged.position).toBe(requirement.position);
  });

  it('is nothing for a session that has seen nothing', () => {
    expect(requirementFor('SESSION', { position: null, requiresSource: false })).toEqual({
      position: null,
      mustUseSource: false,
      observeAfter: true,
    });
  });

  it('is the source for a session whose position does not tell its whole past', () => {
    for (const known of [position, null]) {
      expect(requirementFor('SESSION', { position: known, requiresSource: true }).mustUseSource).toBe(true);
    }
  });

  it('observes at every level but EVENTUAL', () => {
    const observing = consistencyLevels.filter(
      (level) => requirementFor(level, { position, requiresSource: false }).observeAfter,
    );
    expect(observing).toEqual(['BOUNDED', 'SESSION', 'STRONG']);
  });
});
