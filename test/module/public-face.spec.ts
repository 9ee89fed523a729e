import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { ENTRY_POINTS, publicNames } from '../support/compiler.js';
import { readSources } from '../support/source-tree.js';

describe('the public face', () => {
  it.each(Object.keys(ENTRY_POINTS))('%s exports these names and no other', async (entryPoint) => {
    const names = publicNames(entryPoint).map(({ name }) => name);
    const file = entryPoint.replace('nestjs-mfa', 'public-names').replace('/', '-');
    await expect(`${names.toSorted().join('\n')}\n`).toMatchFileSnapshot(`${file}.txt`);
  });

  it('names no thing twice, so that an example need not say where it is from', () => {
    const names = publicNames().map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('takes no type from twilio, which an application may not have', () => {
    const declared = readSources().map(
      ({ path, syntax }) => ts.transpileDeclaration(syntax.text, { fileName: path }).outputText,
    );
    expect(declared.join('')).toContain('export interface TwilioHttpClient');
    expect(declared.filter((text) => /['"]twilio['"]/.test(text))).toEqual([]);
  });
});
