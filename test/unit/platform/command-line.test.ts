import { describe, expect, it } from 'vitest';
import { commandLine, runnerIn, typed } from '../../../src/platform/command-line.ts';

const none = () => {
  throw new Error('ENOENT');
};
const cacheOf = (packages: unknown) => () => JSON.stringify({ _npx: { packages } });

describe('a command as it is typed', () => {
  it.each([
    [null, 'start', '', 'npm start'],
    [null, 'start', '--check-config', 'npm start -- --check-config'],
    [null, 'seed', '', 'npm run seed'],
    [null, 'cluster', 'rejoin replica-1 --discard', 'npm run cluster -- rejoin replica-1 --discard'],
    ['npx tidemark', 'start', '', 'npx tidemark start'],
    ['npx tidemark', 'cluster', 'rejoin replica-1 --discard', 'npx tidemark cluster rejoin replica-1 --discard'],
    ['npx file:/a/tidemark.tgz', 'local:reset', '', 'npx file:/a/tidemark.tgz local:reset'],
  ] as const)('with %s: %s %s', (runner, command, words, expected) => {
    expect(typed(runner, command, words)).toBe(expected);
  });

  it('is a script of npm in a checkout', () => {
    expect(commandLine('migrate')).toBe('npm run migrate');
  });
});

describe('what runs the commands of a package', () => {
  const cached = '/home/me/.npm/_npx/0123abcd/node_modules/tidemark/';

  it.each([
    ['in a project', '/home/me/shop/node_modules/tidemark/', none, 'npx tidemark'],
    ['everywhere', '/usr/lib/node_modules/tidemark/', none, 'npx tidemark'],
    ['by npx, from a tarball', cached, cacheOf(['file:/home/me/tidemark.tgz']), 'npx file:/home/me/tidemark.tgz'],
    ['by npx, from a folder with a space', cached, cacheOf(['file:/my files/t.tgz']), "npx 'file:/my files/t.tgz'"],
    ['by npx, from a registry', cached, cacheOf(['tidemark@0.2.0']), 'npx tidemark@0.2.0'],
    ['by an npx that says nothing', cached, () => '{}', 'npx tidemark'],
    ['by an npx that says something else', cached, cacheOf([7]), 'npx tidemark'],
    ['by an npx that keeps no file', cached, none, 'npx tidemark'],
    ['by an npx whose file is damaged', cached, () => '{', 'npx tidemark'],
  ])('%s', (_, folder, readText, runner) => {
    expect(runnerIn(folder, readText)).toBe(runner);
  });
});
