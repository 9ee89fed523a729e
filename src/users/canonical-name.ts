/** Letters that do not decompose, but that databases' collations treat as equal. */
const LIKE: Record<string, string> = { Æ: 'AE', Œ: 'OE', Ø: 'O', Đ: 'D', Ð: 'D', Ł: 'L', Þ: 'TH', Ħ: 'H', Ŧ: 'T' };

/** U+0363 to U+036F: small letters above others, which are letters to collations and marks to Unicode. */
const ABOVE = 'aeioucdhmrtvx';

/**
 * Returns a name without what most collations ignore: case, accents, width, spaces, invisible characters, the script of digits.
 * Without this, a database that finds `bob` for `b\u0001ob` would give each spelling its own guesses.
 */
export function canonicalName(name: string): string {
  // Most names: nothing of what follows applies to them but case and SS.
  if (/^[\x21-\x7e]*$/.test(name)) return name.toUpperCase().replace(/SS/g, 'S');
  return (
    name
      .normalize('NFKD')
      .replace(/[\u0363-\u036F]/g, (letter) => ABOVE[letter.charCodeAt(0) - 0x363]!)
      // U+0640 stretches Arabic words and is no letter of them.
      .replace(/[\p{M}\p{C}\s\u0640]/gu, '')
      .replace(/\p{Nd}/gu, digit)
      // Lower first: it is the way of Unicode's case folding that brings ß, ı and ς where SS, I and Σ are.
      .toLowerCase()
      .toUpperCase()
      .replace(/[ÆŒØĐÐŁÞĦŦ]/g, (letter) => LIKE[letter]!)
      // One collation finds ß like s, another like ss.
      .replace(/SS/g, 'S')
  );
}

// The ten digits of a script stand in a row, zero first.
function digit(sign: string): string {
  const code = sign.codePointAt(0)!;
  const isDigit = (at: number) => /\p{Nd}/u.test(String.fromCodePoint(at));
  let value = 0;
  while (isDigit(code - value - 1)) value++;
  return String(value % 10);
}
