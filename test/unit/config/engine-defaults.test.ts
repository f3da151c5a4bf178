import { describe, expect, it } from 'vitest';
import { databaseSettings } from '../../../src/app/open-database.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import { defaultIntent, defaultSettings } from '../../../src/database/engine/default-settings.ts';

const read = readConfig({ SOURCE_URL: 'mysql://app:secret@source/orders' }, () => 'secret');
if (read.mode !== 'external') throw new Error('expected external servers');
const { config } = read;

describe('without any setting', () => {
  it('an engine is set up as the API is', () => {
    const { clock, random, log, ...settings } = defaultSettings();
    expect(databaseSettings(config)).toMatchObject(settings);
  });

  it('both leave reads of the backup on', () => {
    // An engine's option that is not set means yes.
    expect(databaseSettings(config).backupReads).toBe(true);
    expect(defaultSettings()).not.toHaveProperty('backupReads');
  });

  it('a read of an engine requires what a request to the API does', () => {
    const { level, whenBehind, waitMs } = config.consistency;
    expect({ level, whenBehind, waitMs }).toEqual({
      level: defaultIntent.level,
      whenBehind: defaultIntent.whenBehind,
      waitMs: defaultIntent.waitMs,
    });
  });
});
