/** A text as it may stand in a request: as it is, or as another kind of JSON value. */
export interface Spelled {
  text: string;
  /** How JSON writes it where the symbol is a whole value. Default: a string. */
  json?: string;
  /** The values where the encoding knows lists of its own: a field that is sent more than once. */
  list?: string[];
}

const ARABIC_ZERO = 0x0660;
const FULLWIDTH_ZERO = 0xff10;

/** Other ways to write a code: what a lenient reader would take for the same. */
const SPELLINGS: Record<string, (text: string) => Spelled> = {
  arabic: (text) => ({ text: inDigitsFrom(ARABIC_ZERO, text) }),
  fullwidth: (text) => ({ text: inDigitsFrom(FULLWIDTH_ZERO, text) }),
  plus: (text) => ({ text: `+${text}` }),
  minus: (text) => ({ text: `-${text}` }),
  underscore: (text) => ({ text: `${text.slice(0, text.length / 2)}_${text.slice(text.length / 2)}` }),
  zeros: (text) => ({ text: `0000${text}` }),
  strip0: (text) => ({ text: text.replace(/^0/, '') }),
  dot0: (text) => ({ text: `${text}.0` }),
  short: (text) => ({ text: text.slice(0, -1) }),
  int: (text) => ({ text: asNumeral(text), json: asNumeral(text) }),
  float: (text) => ({ text: `${asNumeral(text)}.0`, json: `${asNumeral(text)}.0` }),
  list: (text) => ({ text: JSON.stringify([text]), json: JSON.stringify([text]), list: [text] }),
};

/** A text in the spelling of that name. */
export function spelled(text: string, spelling?: string): Spelled {
  if (spelling === undefined) return { text };
  const write = SPELLINGS[spelling];
  if (!write) throw new Error(`the spelling "${spelling}" is not known`);
  return write(text);
}

function inDigitsFrom(zero: number, text: string): string {
  return text.replace(/[0-9]/g, (digit) => String.fromCodePoint(zero + Number(digit)));
}

// JSON numbers have no leading zeros; a backup code has letters, which no number can have.
function asNumeral(text: string): string {
  return text.replace(/\D/g, '').replace(/^0+(?=.)/, '') || '0';
}
