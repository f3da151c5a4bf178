import { type PartValues, readParts } from '../../src/config/parts.ts';

/** What the program is told when the environment says nothing. */
export const defaultConfig = ((): PartValues => {
  const read = readParts(
    {},
    { environment: 'development', clusterId: 'orders', isLocal: false, makeSecret: () => 'x'.repeat(32) },
  );
  if ('faults' in read) throw new Error(JSON.stringify(read.faults));
  return read.value;
})();
