import { spelled, type Spelled } from './spellings.js';

/** What a symbol stands for, by its name and the parts after it: `<code:dave:now>` is `code` with `dave`, `now`. */
export type Meaning = (name: string, parts: string[]) => Promise<string>;

const SYMBOL = /<(code|backup|token|access|refresh|basic)((?::[^<>|:]*)*)(?:\|(\w+))?>|<(\d+) times the digit (\d)>/g;
const WHOLE_VALUE = new RegExp(`"(?:${SYMBOL.source})"`, 'g');

/** A text with its symbols replaced. */
export async function fillText(text: string, meaning: Meaning): Promise<string> {
  return replaced(text, SYMBOL, async (match) => (await read(match, meaning)).text);
}

/** A value as JSON with its symbols replaced. One that is a whole value may become another kind of value. */
export async function fillJson(value: unknown, meaning: Meaning): Promise<string> {
  const whole = await replaced(JSON.stringify(value), WHOLE_VALUE, async (match) => {
    const { text, json } = await read(match, meaning);
    return json ?? JSON.stringify(text);
  });
  return replaced(whole, SYMBOL, async (match) => JSON.stringify((await read(match, meaning)).text).slice(1, -1));
}

/** A form with its symbols replaced. A list is a field that is sent more than once. */
export async function fillForm(fields: Record<string, unknown>, meaning: Meaning): Promise<string> {
  const form = new URLSearchParams();
  for (const [name, field] of Object.entries(fields)) {
    for (const value of [field].flat()) {
      for (const text of await formTexts(value, meaning)) form.append(name, text);
    }
  }
  return form.toString();
}

async function formTexts(value: unknown, meaning: Meaning): Promise<string[]> {
  if (typeof value !== 'string') return [value === null ? '' : JSON.stringify(value)];
  const [match] = value.matchAll(SYMBOL);
  const list = match?.[0] === value ? (await read(match, meaning)).list : undefined;
  return list ?? [await fillText(value, meaning)];
}

async function read(match: RegExpExecArray, meaning: Meaning): Promise<Spelled> {
  const [, name, parts = '', spelling, times, digit] = match;
  if (name === undefined) return { text: digit!.repeat(Number(times)) };
  return spelled(await meaning(name, parts.split(':').slice(1)), spelling);
}

async function replaced(
  text: string,
  pattern: RegExp,
  replacement: (match: RegExpExecArray) => Promise<string>,
): Promise<string> {
  const parts: string[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    parts.push(text.slice(end, match.index), await replacement(match));
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)].join('');
}
