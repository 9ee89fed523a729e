import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

describe('docs/attacks.md', () => {
  it('is what `npm run attacks:index` would write', () => {
    const index = execFileSync(process.execPath, ['test/report/attack-index.mjs'], { encoding: 'utf8' });
    expect(index).toContain('| S-01 | ');
    expect(readFileSync('docs/attacks.md', 'utf8')).toBe(index);
  });
});
