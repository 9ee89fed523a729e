import { Injectable } from '@nestjs/common';
import { CodeOptions } from '../challenge/one-time-code.js';
import { Clock } from '../core/clock.js';
import { MessageOptions } from '../limits/message-options.js';
import { nextMessage, type NextMessage } from '../messages/next-message.js';
import type { AbstractMultiFactorAuth } from '../store/abstract-multi-factor-auth.js';
import type { Ceremony, CeremonyRequest } from './ceremonies.js';
import { type Method, Methods, RECOVERY } from './methods.js';

/** A method, as a client sees it: what to ask the user for, and how to name it. */
export interface ShownMethod {
  id: string;
  type: string;
  name?: string;
  /** A phone number with only its last digits, or an address with only its first letter and its domain. */
  hint?: string;
  /** `code`, or what the challenge calls its proof in JSON. */
  input: string;
  default?: true;
  /** Whether choosing it sends a message, and in how many seconds it sends another. */
  sends?: true;
  retry_in?: number;
  /** Recovery codes that are left. */
  remaining?: number;
}

/** A ceremony that has begun, as a client sees it. */
export interface ShownChallenge {
  method: string;
  type: string;
  input: string;
  digits?: number;
  /** Whether a message was sent just now, in how many seconds another one can be, and for how long its code is right. */
  sent?: boolean;
  retry_in?: number;
  expires_in?: number;
  /** What the challenge shows, e.g. the options of a passkey. */
  options?: object;
}

/** Where a request comes from, for the limits on messages. */
type Asked = Pick<CeremonyRequest, 'purpose' | 'standing'>;

/** Says what clients see of methods. No secret is opened for it. */
@Injectable()
export class ShownMethods {
  constructor(
    private readonly methods: Methods,
    private readonly codes: CodeOptions,
    private readonly options: MessageOptions,
    private readonly clock: Clock,
  ) {}

  /** The methods that a user can choose among. */
  of(row: AbstractMultiFactorAuth, asked: Asked): ShownMethod[] {
    return this.methods.for(row, asked.purpose).map((method, index) => {
      // The default one is the first, if the application still has its challenge.
      const isDefault = index === 0 && method.type === row.challengeType;
      return this.shown(row, method, { ...asked, isDefault });
    });
  }

  /** A ceremony that has begun. */
  challenge({ method, row, sent, show }: Ceremony, asked: Asked): ShownChallenge {
    const { id, type, metadata, factors } = method;
    const hasDigits = metadata.input === 'code' && metadata.role === 'factor';
    const next = sent === undefined ? undefined : this.next(row, method, asked);
    return {
      method: id,
      type: typeOf(method, type),
      input: metadata.input,
      ...(hasDigits && { digits: factors[0]?.digits ?? this.codes.digits }),
      ...(next && { sent, retry_in: next.retrySeconds, expires_in: next.codeSeconds }),
      ...(show && { options: show }),
    };
  }

  private shown(
    row: AbstractMultiFactorAuth,
    method: Method,
    { isDefault, ...asked }: Asked & { isDefault: boolean },
  ): ShownMethod {
    const { id, type, metadata, factors } = method;
    const [{ name, hint, remaining }] = factors as [Method['factors'][number]];
    const isOne = !metadata.many && metadata.role === 'factor';
    return {
      id,
      type: typeOf(method, type),
      ...(isOne && name && { name }),
      ...(isOne && hint && { hint: masked(hint) }),
      input: metadata.input,
      ...(isDefault && { default: true }),
      ...(metadata.sends && { sends: true, retry_in: this.next(row, method, asked).retrySeconds }),
      ...(remaining !== undefined && { remaining }),
    };
  }

  private next(row: AbstractMultiFactorAuth, { factors }: Method, { purpose, standing }: Asked): NextMessage {
    const about = { factorId: factors[0]!.id, purpose, now: this.clock.now(), isKnownNetwork: standing.isSiteKnown };
    return nextMessage(row, about, this.options);
  }
}

function typeOf({ metadata }: Method, type: string): string {
  return metadata.role === 'recovery' ? RECOVERY : type;
}

/**
 * Returns a hint of which at most the last four characters, and never more than half, can be read: a password must not tell a phone. Of an
 * address, the domain and the first letter can be read, and not how long the name is.
 */
export function masked(hint: string): string {
  const at = hint.lastIndexOf('@');
  if (at > 0) return `${at > 1 ? Array.from(hint)[0]! : ''}***${hint.slice(at)}`;
  const characters = Array.from(hint);
  const shown = Math.min(4, Math.floor(characters.length / 2));
  return '*'.repeat(characters.length - shown) + characters.slice(characters.length - shown).join('');
}
