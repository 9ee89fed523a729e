export const DATABASES = ['sqlite', 'postgres'] as const;
export const ADAPTERS = ['express', 'fastify'] as const;
export const SCENARIOS = ['code', 'prompt', 'two-call', 'cold'] as const;
const SWITCHES = ['--write', '--profile'] as const;

export type DatabaseKind = (typeof DATABASES)[number];
export type AdapterKind = (typeof ADAPTERS)[number];
export type Scenario = (typeof SCENARIOS)[number];

/** What people prove at a login: a code of their authenticator app, or one that is sent to them. */
export type Factor = 'totp' | 'sms';

/** What a run measures. */
export interface Selection {
  databases: readonly DatabaseKind[];
  adapters: readonly AdapterKind[];
  scenarios: readonly Scenario[];
  /** Whether the page of the documentation is written. */
  write: boolean;
  /** Whether it is asked where the time goes, instead of how much it is. */
  profile: boolean;
}

/** Reads the arguments: words of a kind select among that kind, and no word of a kind selects all of it. */
export function selectionOf(words: readonly string[]): Selection {
  const known: readonly string[] = [...DATABASES, ...ADAPTERS, ...SCENARIOS, ...SWITCHES];
  const unknown = words.find((word) => !known.includes(word));
  if (unknown !== undefined) throw new Error(`Unknown argument \`${unknown}\`. Known arguments: ${known.join(', ')}`);
  const selected = <Word extends string>(all: readonly Word[]): readonly Word[] => {
    const chosen = all.filter((word) => words.includes(word));
    return chosen.length > 0 ? chosen : all;
  };
  return {
    databases: selected(DATABASES),
    adapters: selected(ADAPTERS),
    scenarios: selected(SCENARIOS),
    write: words.length === 0 || words.includes('--write'),
    profile: words.includes('--profile'),
  };
}
