import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = 'test/examples/clients';

describe('docs/clients.md', () => {
  const text = readFileSync('docs/clients.md', 'utf8');
  it.each(readdirSync(folder))('shows %s as it is tested', (file) => {
    expect(text).toContain(`\`\`\`ts\n${readFileSync(`${folder}/${file}`, 'utf8')}\`\`\``);
  });
});
