import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One request and what must come of it. */
export interface Step {
  request: {
    method: string;
    path: string;
    headers: Record<string, string>;
    encoding: 'json' | 'form' | 'raw' | null;
    body: unknown;
  };
  /** What Deux answered. */
  deux?: { status: number; body: unknown };
  expect: Expectation;
  /** How many messages the step sends. */
  sms_sent?: number;
}

/** What must be true of an answer; what is not named is free. */
export interface Expectation {
  status?: number[];
  body?: Record<string, unknown>;
  keys?: string[];
  absent?: string[];
  message?: string;
  error?: string;
}

/** The MFA of one user; an empty one is a row with nothing in it. */
export interface MfaSetup {
  enabled?: boolean;
  phone?: string;
  /** Whether the code of this window starts with 0. */
  zero?: boolean;
}

/** A bearer token to have before the first step. */
export interface OAuthSetup {
  user?: string | null;
  client?: string;
  expires_in?: number;
}

/** What is different from the users as they are. */
export interface Setup {
  /** Whom `<code:now>` and `<backup>` mean. */
  user?: string;
  mfa?: Record<string, MfaSetup | null>;
  oauth?: OAuthSetup[];
  /** Users without a session. A session is opened when a request first names it, so that there is nothing to do. */
  no_token?: string[];
}

export interface Scenario {
  id: string;
  given: string;
  setup: Setup | null;
  steps: Step[];
}

const RECORDED = fileURLToPath(new URL('deux-1.2.json', import.meta.url));

/** The scenarios of the file that `CONFORMANCE_FILE` names, or of the one beside this. */
export function loadScenarios(): Scenario[] {
  return JSON.parse(readFileSync(process.env['CONFORMANCE_FILE'] || RECORDED, 'utf8')) as Scenario[];
}

/** The user whom a scenario is about. */
export function subjectOf({ setup, steps }: Scenario): string {
  if (setup?.user) return setup.user;
  const named = /<token:(\w+)|"username": ?"(\w+)"|\busername=(\w+)/.exec(JSON.stringify(steps).replaceAll('\\', ''));
  return named?.slice(1).find(Boolean) ?? 'bob';
}
