import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = 'test/examples/clients';

describe('the README', () => {
  const readme = readFileSync('README.md', 'utf8');
  it.each(readdirSync(folder))('shows %s as it is tested', (file) => {
    expect(readme).toContain(`\`\`\`ts\n${readFileSync(`${folder}/${file}`, 'utf8')}\`\`\``);
  });
});
