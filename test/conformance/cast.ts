import { createHash } from 'node:crypto';
import { basicCredentials } from './clients.js';
import { type Scenario, type Step, subjectOf } from './scenario.js';
import type { WireAnswer } from './send.js';
import { DRIFTS, type Stage } from './stage.js';

const USERS = ['alice', 'bob', 'carol', 'dave'];
const PHONES = { bob: '14085550101', dave: '14085550102' };
/** Well formed, and nobody's. */
const NO_BACKUP_CODE = '0123456789AB';
/** One more than there are right ones, so that one of them is wrong. */
const WRONG_CODES = ['100001', '100002', '100003', '100004', '100005', '100006'];

/** What the people of one scenario hold: the codes, tokens and backup codes that its symbols mean. */
export class Cast {
  private readonly subject: string;
  private readonly pairs: { access: string; refresh?: string }[] = [];
  private readonly tokens = new Map<string, string>();
  private readonly backups = new Map<string, { first: string; all: string[] }>();
  private readonly usedCodes = new Map<string, { code: string; messages: number }>();

  private constructor(
    private readonly stage: Stage,
    scenario: Scenario,
  ) {
    this.subject = subjectOf(scenario);
  }

  /** Sets the stage for a scenario. */
  static async of(stage: Stage, scenario: Scenario): Promise<Cast> {
    const cast = new Cast(stage, scenario);
    const { mfa = {}, oauth = [] } = scenario.setup ?? {};
    await stage.clear();
    for (const [username, phone] of Object.entries(PHONES)) {
      if (!(username in mfa)) await stage.setMfa(username, { enabled: true, phone });
    }
    for (const [username, setup] of Object.entries(mfa)) if (setup) await stage.setMfa(username, setup);
    await cast.makeBackupCodes(JSON.stringify(scenario.steps));
    for (const setup of oauth) cast.keepPair(await stage.oauth(setup));
    return cast;
  }

  /** The text that a symbol stands for at this moment. */
  readonly meaning = async (name: string, parts: string[]): Promise<string> => {
    switch (name) {
      case 'code':
        return this.code(...this.whose(parts, 'now'));
      case 'backup':
        return this.backup(...this.whose(parts, 'right'));
      case 'token':
        return this.token(parts[0] ?? this.subject);
      case 'basic':
        return basicCredentials(parts[0] ?? '', parts.length > 1 ? parts.slice(1).join(':') : undefined);
      default:
        return this.oauthToken(name === 'access' ? 'access' : 'refresh', Number(parts[0] ?? 1));
    }
  };

  /** Keeps what an answer hands out, as its client would. */
  remember({ request }: Step, { body }: WireAnswer): void {
    const { token, backup_code, access_token, refresh_token } = body;
    if (typeof access_token === 'string') {
      this.pairs.push({ access: access_token, refresh: refresh_token as string | undefined });
    }
    if (typeof token === 'string') this.tokens.set(usernameIn(request.body) ?? this.subject, token);
    if (typeof backup_code === 'string' && request.path.includes('/recovery')) {
      const owner = /<token:(\w+)/.exec(JSON.stringify(request.headers))?.[1] ?? this.subject;
      this.backups.get(owner)?.all.push(backup_code);
    }
  }

  private whose(parts: string[], fallback: string): [string, string] {
    const [first = '', second] = parts;
    return USERS.includes(first) ? [first, second ?? fallback] : [this.subject, first || fallback];
  }

  private async code(username: string, which: string): Promise<string> {
    const right = await this.stage.codes(username);
    if (which === 'wrong') return WRONG_CODES.find((code) => !right.includes(code))!;
    const index = DRIFTS.indexOf(which === 'now' ? 0 : Number(which));
    if (index < 0) throw new Error(`the code "${which}" is not known`);
    // Who has sent a code and got no new message has no other one, also when that code is spent.
    const messages = this.stage.messagesTo(username);
    const key = `${username} ${which}`;
    const used = this.usedCodes.get(key);
    if (used?.messages === messages) return used.code;
    this.usedCodes.set(key, { code: right[index]!, messages });
    return right[index]!;
  }

  private async backup(username: string, which: string): Promise<string> {
    const { first, all } = this.backups.get(username) ?? { first: NO_BACKUP_CODE, all: [NO_BACKUP_CODE] };
    const right = all.at(-1)!;
    switch (which) {
      case 'right':
        return right;
      case 'first':
        return first;
      case 'old':
        return all.at(-2) ?? NO_BACKUP_CODE;
      case 'key':
        return createHash('md5').update(right).digest('hex');
      case 'wrong':
        return right.slice(0, -1) + (right.endsWith('Z') ? 'Y' : 'Z');
      default:
        throw new Error(`the backup code "${which}" is not known`);
    }
  }

  // Opened where it is first named, so that it is live then: who has turned MFA off with a backup code has no older one.
  private async token(username: string): Promise<string> {
    const token = this.tokens.get(username) ?? (await this.stage.token(username));
    this.tokens.set(username, token);
    return token;
  }

  private async oauthToken(kind: 'access' | 'refresh', count: number): Promise<string> {
    const token = this.pairs[count - 1]?.[kind];
    if (token === undefined) throw new Error(`there is no ${kind} token ${count}`);
    return token;
  }

  private keepPair({ token, refreshToken }: { token: string; refreshToken?: string }): void {
    this.pairs.push({ access: token, refresh: refreshToken });
  }

  // Their hash is slow: only whose code a scenario names gets one.
  private async makeBackupCodes(steps: string): Promise<void> {
    for (const [, symbol = ''] of steps.matchAll(/<backup((?::\w+)*)/g)) {
      const [owner, which] = this.whose(symbol.split(':').slice(1), 'right');
      const codes = this.backups.get(owner)?.all ?? [];
      const wanted = which === 'old' ? 2 : 1;
      for (let made = codes.length; made < wanted; made++)
        codes.push((await this.stage.backupCode(owner)) ?? NO_BACKUP_CODE);
      this.backups.set(owner, { first: codes.at(-1)!, all: codes });
    }
  }
}

function usernameIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('username' in body)) return undefined;
  return typeof body.username === 'string' ? body.username : undefined;
}
