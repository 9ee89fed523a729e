import { afterEach, describe, expect, it } from 'vitest';
import { bootApp, type BootedApp } from '../../support/boot-app.js';
import { denied } from '../../support/denied.js';
import { enrolledByRow, rowOf } from '../../support/factor-rows.js';
import { knownBackupSet } from '../../support/known-backup-set.js';

let booted: BootedApp;
afterEach(() => booted.close());

describe('the spelling of a backup code', () => {
  /** As the alphabet is Crockford's, people may write these in place of what they read. */
  const EQUIVALENTS: [string, (code: string) => string][] = [
    ['lower case', (code) => code.toLowerCase()],
    ['dashes and spaces', (code) => ` ${code.match(/.{1,4}/g)!.join('-')} `],
    ['O for 0 and I for 1', (code) => code.replaceAll('0', 'O').replaceAll('1', 'I')],
    ['o for 0 and l for 1', (code) => code.replaceAll('0', 'o').replaceAll('1', 'l')],
  ];
  /** These only look the same. */
  const LOOK_ALIKES: [string, (code: string) => string][] = [
    [
      'Cyrillic letters',
      (code) => replaced(code, { A: 'А', B: 'В', C: 'С', E: 'Е', H: 'Н', K: 'К', M: 'М', P: 'Р', T: 'Т', X: 'Х' }),
    ],
    ['full-width letters', (code) => code.replace(/./g, (one) => String.fromCodePoint(one.codePointAt(0)! + 0xfee0))],
    ['the dotless i of Turkish', (code) => code.replaceAll('1', 'ı')],
    ['Arabic-Indic digits', (code) => code.replace(/\d/g, (digit) => String.fromCodePoint(0x0660 + Number(digit)))],
    ['a soft hyphen', (code) => `${code.slice(0, 4)}\u00ad${code.slice(4)}`],
    ['an underscore', (code) => `${code.slice(0, 4)}_${code.slice(4)}`],
    ['one letter more', (code) => `${code}0`],
    ['one letter less', (code) => code.slice(0, -1)],
  ];

  it('[K-05] may be what people make of it, once, and no letter of another script', async () => {
    const codes = ['01AB23CE45HK67MP', '10TX98PM76KH54EC', 'A1B0C1E0H1K0M1P0', 'T0X1T0X1A0B1C0E1'];
    booted = await bootApp({ mfa: { backupCodes: { digits: 16, onUse: 'keep' } } });
    await enrolledByRow(booted, 'bob', knownBackupSet(codes));
    for (const [name, spell] of LOOK_ALIKES) {
      const backup_code = spell(codes[0]!);
      expect([name, backup_code]).not.toEqual([name, codes[0]]);
      const { status } = await denied(booted, () => booted.client.login('bob', { backup_code }));
      expect([name, status]).toEqual([name, 400]);
    }
    expect(await rowOf(booted, 'bob')).toMatchObject({ backupFailures: 0 });
    for (const [index, [, spell]] of EQUIVALENTS.entries()) {
      const code = codes[index]!;
      expect(await booted.client.token('bob', { backup_code: spell(code) })).toBeTypeOf('string');
      await denied(booted, () => booted.client.login('bob', { backup_code: code }));
    }
  });
});

function replaced(text: string, letters: Record<string, string>): string {
  return text.replace(/./g, (letter) => letters[letter] ?? letter);
}
