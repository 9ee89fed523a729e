import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { complaintsOf } from '../support/examples.js';
import { anchorsOf, examplesOf, linksOf, type Page, readPages } from '../support/pages.js';

const PAGES = readPages();
const pageAt = (path: string): Page => PAGES.find((page) => page.path === path)!;

/** Links of a page that lead nowhere. */
function brokenLinks(page: Page): string[] {
  return linksOf(page).filter((link) => {
    const [target = '', anchor] = link.split('#');
    const path = posix.join(posix.dirname(page.path), target);
    if (target !== '' && !existsSync(path)) return true;
    if (anchor === undefined) return false;
    return !anchorsOf(target === '' ? page : { path, text: readFileSync(path, 'utf8') }).includes(anchor);
  });
}

describe('the examples', () => {
  // Most of its time is the compiler's.
  it('compile under the options of this repository', { timeout: 120_000 }, () => {
    const examples = PAGES.flatMap((page) => examplesOf(page, PAGES));
    expect(examples.length).toBeGreaterThan(20);
    expect(complaintsOf(PAGES)).toEqual([]);
  });

  it('would be noticed if they did not', () => {
    const text = "# A page\n\n```ts\nimport { MfaModule } from 'nestjs-mfa';\n\nMfaModule.forRoot({ keys: 5 });\n```\n";
    const complaints = complaintsOf([{ path: 'docs/wrong.md', text }]);
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain('docs/wrong.md:6');
  });
});

describe('the pages', () => {
  it('link only to what is there', () => {
    expect(PAGES.flatMap((page) => brokenLinks(page).map((link) => `${page.path}: ${link}`))).toEqual([]);
  });

  it('would be noticed if they did not', () => {
    const text = '# One\n\n[a](two.md) [b](#three) [c](security.md#nowhere) [d](security.md#limits) [e](#one)';
    expect(brokenLinks({ path: 'docs/one.md', text })).toEqual(['two.md', '#three', 'security.md#nowhere']);
  });

  it('are all reached from README.md', () => {
    const reached = linksOf(pageAt('README.md')).map((link) => link.split('#')[0]);
    expect(readdirSync('docs').filter((name) => name.endsWith('.md') && !reached.includes(`docs/${name}`))).toEqual([]);
  });

  it('travel in the archive, with all that they link to', () => {
    const listing = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8' });
    const [{ files }] = JSON.parse(listing) as [{ files: { path: string }[] }];
    const packed = new Set(files.map(({ path }) => path));
    const linked = PAGES.filter(({ path }) => path !== 'docs/attacks.md').flatMap((page) =>
      linksOf(page).map((link) =>
        posix.join(posix.dirname(page.path), link.split('#')[0] || posix.basename(page.path)),
      ),
    );
    // The index of attacks leads to the tests, which stay in the repository.
    expect([...PAGES.map(({ path }) => path), ...linked].filter((path) => !packed.has(path))).toEqual([]);
  });

  it('name only commands that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const named = PAGES.flatMap(({ path, text }) =>
      [...text.matchAll(/npm (?:run ([\w:-]+)|(test|start))\b/g)].map(([, run, short]) => ({
        path,
        script: run ?? short!,
      })),
    );
    expect(named.filter(({ script }) => !scripts[script])).toEqual([]);
  });

  it('README.md begins with the two commands', () => {
    const commands = [...pageAt('README.md').text.matchAll(/```bash\n(.*)\n```/g)].map(([, command]) => command);
    expect(commands.slice(0, 2)).toEqual(['npm install && npm start', 'npm test']);
  });

  it('name only attacks that a test tries', () => {
    const tests = readdirSync('test', { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.spec.ts'))
      .map((path) => readFileSync(`test/${path}`, 'utf8'))
      .join('\n');
    const named = pageAt('docs/security.md').text.match(/\b[A-Z]-\d\d\b/g) ?? [];
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((id) => !tests.includes(`[${id}]`))).toEqual([]);
  });
});
