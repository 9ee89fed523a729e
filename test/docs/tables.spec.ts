import { getMetadataStorage } from 'class-validator';
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { DEFAULT_WORDS, MfaError, type Word } from '../../src/index.js';
import { DEFAULT_STRUCTURE, OPTIONS } from '../../src/mfa.options.js';
import { exportsOf, programOf } from '../support/compiler.js';
import { type Page, rowsOf } from '../support/pages.js';
import { nodesOf, readSources } from '../support/source-tree.js';

const page = (name: string): Page => ({ path: `docs/${name}.md`, text: readFileSync(`docs/${name}.md`, 'utf8') });
const bare = (cell = '') => cell.replaceAll('`', '');

const INDEX = 'src/index.ts';
const program = programOf([INDEX]);
const exported = exportsOf(program, INDEX);

/** The properties of an exported type. */
function propertiesOf(name: string): ts.Symbol[] {
  const { symbol } = exported.find((one) => one.name === name)!;
  return program.getTypeChecker().getDeclaredTypeOfSymbol(symbol).getProperties();
}

const DOCUMENTED = new Map(rowsOf(page('options')).map(([name, ...cells]) => [bare(name), cells.map(bare)]));

/** `6 – 10`, as the decorators of an option say it. */
function rangeOf(Slice: new () => object, property: string): string {
  const rules = getMetadataStorage()
    .getTargetValidationMetadatas(Slice, '', false, false)
    .filter((rule) => rule.propertyName === property);
  const limit = (name: string) => rules.find((rule) => rule.name === name)?.constraints?.[0] as number | undefined;
  const choice = rules.find((rule) => rule.name === 'isIn')?.constraints?.[0] as string[] | undefined;
  if (choice) return choice.map((one) => JSON.stringify(one)).join(', ');
  const longest = limit('maxLength');
  if (longest !== undefined) return `up to ${longest} characters`;
  // Texts of any kind have none.
  if (limit('min') === undefined) return '';
  const each = rules.some((rule) => rule.each) ? 'each ' : '';
  const orFalse = rules.some((rule) => rule.type === 'conditionalValidation') ? ', false' : '';
  return `${each}${limit('min')} – ${limit('max') ?? ''}`.trim() + orFalse;
}

describe('docs/options.md', () => {
  const values = Object.entries(OPTIONS).flatMap(([slice, Slice]) =>
    Object.entries(new Slice()).map(([name, value]) => ({ slice, Slice, name, value: JSON.stringify(value) })),
  );

  it.each(values)('says the default and the range of $slice.$name', ({ slice, Slice, name, value }) => {
    const [given, range] = DOCUMENTED.get(`${slice}.${name}`) ?? [];
    expect({ given, range }).toEqual({ given: value, range: rangeOf(Slice, name) });
  });

  it('says the defaults of the structure', () => {
    const said = ['imports', 'logins', 'path', 'routeDecorators', 'audit', 'isGlobal'] as const;
    expect(said.map((name) => DOCUMENTED.get(name)?.[0])).toEqual(
      said.map((name) => JSON.stringify(DEFAULT_STRUCTURE[name])),
    );
    expect(DOCUMENTED.get('entity')?.[0]).toBe(DEFAULT_STRUCTURE.entity?.name);
    expect(DOCUMENTED.get('challenges')?.[0]).toBe(`[${DEFAULT_STRUCTURE.challenges?.map(({ name }) => name).join()}]`);
  });

  it('names every option, and none that there is not', () => {
    const names = propertiesOf('MfaModuleOptions').flatMap(({ name }) => {
      const own = { sms: 'SmsOptions', email: 'EmailOptions' }[name];
      if (own) return propertiesOf(own).map((option) => `${name}.${option.name}`);
      const Slice: (new () => object) | undefined = OPTIONS[name as keyof typeof OPTIONS];
      return Slice ? Object.keys(new Slice()).map((key) => `${name}.${key}`) : [name];
    });
    expect([...DOCUMENTED.keys()].filter((name) => name !== 'option').toSorted()).toEqual(names.toSorted());
  });
});

describe('docs/troubleshooting.md', () => {
  it('knows every refusal to start', () => {
    const refusals = readSources().flatMap((file) =>
      nodesOf(file)
        .filter(ts.isNewExpression)
        .filter(({ expression }) => expression.getText() === 'Misconfiguration')
        .map(({ arguments: given }) => beginning(given![0]!)),
    );
    expect(refusals.length).toBeGreaterThan(15);
    const { text } = page('troubleshooting');
    expect(refusals.filter((refusal) => !text.includes(refusal))).toEqual([]);
  });

  it('has the status and the text of every error', () => {
    const rows = rowsOf(page('troubleshooting')).filter(([code]) => bare(code) in DEFAULT_WORDS);
    const said = rows.map(([code, status, text]) => `${bare(code)} ${status?.split(',')[0]} ${text}`);
    const errors = Object.entries(DEFAULT_WORDS).map(([word, text]) => {
      const status = word.startsWith('mfa_code_') ? '–' : String(new MfaError(word as Word).getStatus());
      return `${word} ${status} ${text.replace(/\s+/g, ' ')}`;
    });
    expect(said.toSorted()).toEqual(errors.toSorted());
  });
});

describe('docs/operations.md', () => {
  it('knows every warning and error of the log', () => {
    const lines = readSources().flatMap((file) =>
      nodesOf(file)
        .filter(ts.isCallExpression)
        .filter(({ expression }) => /logger\b.*\.(warn|error)$|^this\.hints\.tell$/i.test(expression.getText()))
        // A stack has no words of its own.
        .filter(({ arguments: given }) => !ts.isCallExpression(given[0]!))
        .map(({ arguments: given }) => firstWords(given[0]!)),
    );
    expect(lines.length).toBeGreaterThan(12);
    const { text } = page('operations');
    expect(lines.filter((line) => !text.includes(line))).toEqual([]);
  });
});

describe('docs/events.md', () => {
  it('says of every event when it comes', () => {
    const type = program
      .getTypeChecker()
      .getTypeOfSymbol(propertiesOf('MfaEvent').find(({ name }) => name === 'type')!);
    const events = (type as ts.UnionType).types.map((one) => (one as ts.StringLiteralType).value);
    const said = rowsOf(page('events')).map(([name]) => bare(name));
    expect(said.filter((name) => name !== 'type').toSorted()).toEqual(events.toSorted());
  });
});

describe('docs/deux.md', () => {
  const rows = rowsOf(page('deux'));

  it.each(readFileSync('test/support/deux-surface.txt', 'utf8').trim().split(/\s+/))('places %s', (name) => {
    const word = new RegExp(`(?<![\\w])${name}(?!\\w)`);
    expect(rows.filter(([theirs]) => word.test(theirs ?? ''))).not.toEqual([]);
  });

  it('gives only names that the package exports', () => {
    const names = exported.map(({ name }) => name);
    const given = rows.flatMap(([, ours]) => [...(ours ?? '').matchAll(/`([A-Z]\w+)[^`]*`/g)].map(([, name]) => name!));
    expect(given.length).toBeGreaterThan(25);
    expect(given.filter((name) => !names.includes(name))).toEqual([]);
  });
});

/** The fixed part of a message up to its example, with `…` for what is filled in. */
function beginning(message: ts.Expression): string {
  if (ts.isStringLiteralLike(message)) return cut(message.text);
  if (!ts.isTemplateExpression(message)) return message.getText();
  return cut(message.head.text + message.templateSpans.map(({ literal }) => `…${literal.text}`).join(''));
}

/** What a line of the log begins with: up to its first stop, or to what is filled in. */
function firstWords(line: ts.Expression): string {
  if (ts.isBinaryExpression(line)) return firstWords(line.left);
  return beginning(line).split(/[.:] |…|\(/)[0]!;
}

function cut(text: string): string {
  return text.replace(/(, e\.g\. |: …, e\.g\.|; there are |, …\.?$|\.$)[\s\S]*/, '').replace(/: …$/, '');
}
