import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix, resolve } from 'node:path';

/** A page of the documentation. */
export interface Page {
  path: string;
  text: string;
}

/** An example of a page, as the file that it stands for. */
export interface Example {
  page: string;
  line: number;
  /** Where it stands as a file: examples of one page can import each other. */
  file: string;
  code: string;
}

/** Every page that this project's documentation has. */
export function readPages(): Page[] {
  const docs = readdirSync('docs').map((name) => `docs/${name}`);
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'sample-app/README.md', ...docs]
    .filter((path) => path.endsWith('.md') && existsSync(path))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

/**
 * The `ts` examples of a page. Each is a module of its own. One whose first line is a comment with a file's name
 * (`// users/user.entity.ts`) is that file for the page's other examples; `<!-- uses other.md -->` gives a page the named
 * files of another one.
 */
export function examplesOf(page: Page, pages: readonly Page[]): Example[] {
  const own = blocks(page);
  const used = [...page.text.matchAll(/<!-- uses (\S+) -->/g)].flatMap(([, name]) => {
    const path = posix.join(posix.dirname(page.path), name!);
    const other = pages.find((one) => one.path === path);
    if (!other) throw new Error(`${page.path} uses ${name}, which is no page`);
    return blocks(other).filter((example) => named(example.code));
  });
  const folder = resolve(posix.dirname(page.path), `.examples-${posix.basename(page.path, '.md')}`);
  const files = [...own, ...used].map((example) => ({
    ...example,
    file: resolve(folder, named(example.code) ?? `example-${example.line}.ts`),
  }));
  return files.filter(({ file }, index) => files.findIndex((other) => other.file === file) === index);
}

/** The tables of a page, row by row, without their heads: each cell as plain text. */
export function rowsOf({ text }: Page): string[][] {
  return text
    .split('\n')
    .filter((line) => /^\|.*\|$/.test(line) && !/^\|[\s|:-]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
}

/** The anchors that headings make, as GitHub makes them. */
export function anchorsOf({ text }: Page): string[] {
  return [...text.replace(/```[\s\S]*?```/g, '').matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Where the links of a page lead that stay in the repository. */
export function linksOf({ text }: Page): string[] {
  return [...text.replace(/```[\s\S]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^https?:/.test(target));
}

function blocks({ path, text }: Page): Example[] {
  return [...text.matchAll(/^( *)```ts\n([\s\S]*?)^\1```$/gm)].map(({ index, 2: code }) => {
    const line = text.slice(0, index).split('\n').length;
    return { page: path, line, file: '', code: `${code!}\nexport {};\n` };
  });
}

function named(code: string): string | undefined {
  return /^\/\/ ([\w./-]+\.ts)\n/.exec(code)?.[1];
}
