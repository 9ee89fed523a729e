import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { exportsOf, programOf } from '../support/compiler.js';
import { readSources } from '../support/source-tree.js';

const INDEX = 'src/index.ts';
const program = programOf([INDEX]);
const exported = exportsOf(program, INDEX);

describe('the public face', () => {
  it('exports these names and no other', async () => {
    await expect(
      `${exported
        .map(({ name }) => name)
        .toSorted()
        .join('\n')}\n`,
    ).toMatchFileSnapshot('public-names.txt');
  });

  it('takes no type from twilio, which an application may not have', () => {
    const declared = readSources().map(
      ({ path, syntax }) => ts.transpileDeclaration(syntax.text, { fileName: path }).outputText,
    );
    expect(declared.join('')).toContain('export interface TwilioHttpClient');
    expect(declared.filter((text) => /['"]twilio['"]/.test(text))).toEqual([]);
  });
});
