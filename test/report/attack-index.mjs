// Prints the index of attacks, id by id: what is tried, by the title of the first test with it, and in which files. With `--write`
// it goes to docs/attacks.md: `npm run attacks:index`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '..', '..');
const PAGE = join(ROOT, 'docs', 'attacks.md');

const ID = /\[([A-Z]-?\d+)\] ?/g;

const HEAD = `<!-- Made by npm run attacks:index. -->

# Attacks

What each attack tries, and where. The ids stand in the names of the tests, so \`npx vitest run -t B-19\` runs one, and
\`npm run attacks\` says of each whether it holds. [Security](security.md#promises) says which promise an attack is on.

| id | what is tried | in |
| -- | ------------- | -- |
`;

const page = HEAD + rows(attacks()).join('');
if (process.argv.includes('--write')) writeFileSync(PAGE, page);
else process.stdout.write(page);

/** Each id, with its first title and all of its files. */
function attacks() {
  const found = new Map();
  for (const file of filesOfTests()) {
    for (const { ids, title } of titlesIn(file)) {
      for (const id of ids) {
        const known = found.get(id) ?? { title, files: new Set() };
        known.files.add(file);
        found.set(id, known);
      }
    }
  }
  return found;
}

function rows(found) {
  const ids = [...found.keys()].toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }));
  return ids.map((id) => {
    const { title, files } = found.get(id);
    const links = [...files].map((file) => `[${file.replace(/(\.spec)?\.ts$/, '')}](../test/${file})`);
    return `| ${id} | ${title.replaceAll('|', String.raw`\|`)} | ${links.join(', ')} |\n`;
  });
}

function filesOfTests() {
  const files = readdirSync(join(ROOT, 'test'), { recursive: true }).map((file) => file.replaceAll('\\', '/'));
  return files.filter((file) => file.endsWith('.ts')).toSorted((one, other) => (one < other ? -1 : 1));
}

/** The titles of a file that have ids, each behind those around it. */
function titlesIn(file) {
  const text = readFileSync(join(ROOT, 'test', file), 'utf8');
  const titles = [];
  const visit = (node, above) => {
    const title = titleOf(node);
    const all = title === undefined ? above : [...above, title];
    const ids = [...(title ?? '').matchAll(ID)].map(([, id]) => id);
    if (ids.length > 0) titles.push({ ids, title: sentence(all) });
    ts.forEachChild(node, (child) => visit(child, all));
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2022), []);
  return titles;
}

/** The text by which a call names tests: `it('…')`, `describe.each(…)('…')`, `rule('…')`. Gaps in it are `%s`. */
function titleOf(node) {
  if (!ts.isCallExpression(node) || !/^(it|describe\w*|rule)\b/.test(nameOf(node.expression))) return undefined;
  const [first] = node.arguments;
  if (first && ts.isStringLiteralLike(first)) return first.text;
  if (!first || !ts.isTemplateExpression(first)) return undefined;
  return first.head.text + first.templateSpans.map(({ literal }) => `%s${literal.text}`).join('');
}

/** `it` of `it.each(…)`. */
function nameOf(expression) {
  if (ts.isCallExpression(expression) || ts.isPropertyAccessExpression(expression))
    return nameOf(expression.expression);
  return ts.isIdentifier(expression) ? expression.text : '';
}

/** A title behind those around it, without ids and without what each case puts in at the end. */
function sentence(titles) {
  const gap = String.raw`(?:%\w|\$\w+)`;
  const plain = (title) =>
    title
      .replace(ID, '')
      .replace(new RegExp(`: ${gap}.*$`), '')
      .replace(new RegExp(`(,? ?\\b(at|on|over) ${gap})+$`), '')
      .replace(new RegExp(gap, 'g'), '…')
      .replace(/,$/, '');
  return titles.map(plain).filter(Boolean).join(': ');
}
