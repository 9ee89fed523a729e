import type { Condition } from '../store/rows.js';
import type { Proviso } from '../store/proviso.js';
import type { Allowance } from './rate-limit.js';
import type { RateLimits } from './rate-limits.js';
import { refuseIf } from './refuse-if.js';

/** The limit of a right password that nobody is told of yet, and when it was judged. */
interface Judged {
  id: string;
  limit: Allowance;
  now: Date;
}

/** A right password may be told if its limit has one left: otherwise it was one more guess than there were. */
export class PasswordProviso implements Proviso {
  condition: Condition | undefined;

  constructor(
    private readonly limits: RateLimits,
    private readonly judged: Judged,
  ) {
    this.condition = limits.room(judged);
  }

  met(): void {
    this.condition = undefined;
  }

  async check(): Promise<void> {
    if (!this.condition) return;
    refuseIf(await this.limits.confirm(this.judged));
    this.met();
  }
}
