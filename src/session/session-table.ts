import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../core/clock.js';
import { EventTeller } from '../core/events.js';
import { KeyedHash } from '../crypto/keyed-hash.js';
import { MfaSession } from '../store/mfa-session.entity.js';
import type { Rows } from '../store/rows.js';
import { rowsToken } from '../store/tables.js';
import { RefreshFamilies } from './refresh-families.js';
import { SessionOptions } from './session-options.js';

/** What reads and writes sessions needs for it. */
@Injectable()
export abstract class SessionTable {
  protected readonly families: RefreshFamilies;

  constructor(
    @Inject(rowsToken(MfaSession)) protected readonly rows: Rows<MfaSession>,
    protected readonly hashes: KeyedHash,
    protected readonly clock: Clock,
    protected readonly options: SessionOptions,
    protected readonly events: EventTeller,
  ) {
    this.families = new RefreshFamilies(hashes);
  }
}
