import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Misconfiguration } from '../../core/misconfiguration.js';
import { randomKey } from '../../crypto/randomness.js';
import { Challenge, type Enrolment, MfaChallenge, type Moment, type Verdict } from '../challenge.js';
import { loadOtplib } from '../otplib.js';
import { readCode } from '../sent-code.js';
import { qrSvg } from './qr-svg.js';
import { readImport } from './totp-import.js';
import { isLastCode, stepOf, type TotpDevice, type TotpKey, withStep } from './totp-key.js';
import { TotpOptions } from './totp-options.js';

/** The body of `PUT /mfa/totp/request/`: nothing. The key is the module's, never the client's. */
export class TotpRequest {}

/** 160 bits, the length of the hash and what apps expect (RFC 4226 §4 R6). */
const KEY_BYTES = 20;

/** Many apps silently ignore anything else in the URI, and then show wrong codes. */
const SHOWN = { algorithm: 'sha1', digits: 6, period: 30 } as const;

/** Characters of the account name that apps get. */
const LONGEST_LABEL = 100;

/** What an app is asked to take, in the answer to `PUT /mfa/totp/request/`. It is shown once. */
interface ShownKey {
  /** For typing. */
  secret: string;
  /** For a link on a phone. */
  otpauth_uri: string;
  /** For scanning. */
  qr_svg: string;
}

/**
 * A code of an authenticator app (RFC 6238). A code works once, and so does every earlier one. Its app needs no network, and nothing is
 * sent.
 */
@Injectable()
@MfaChallenge({ type: 'totp', request: TotpRequest, amr: ['otp'], maxPerUser: 5 })
export class TotpChallenge extends Challenge<TotpDevice, string, undefined, TotpRequest> implements OnModuleInit {
  private readonly issuer: string;

  constructor({ issuer }: TotpOptions) {
    super();
    if (issuer.trim() === '') {
      throw new Misconfiguration(
        "`totp.issuer` is missing: the name of your service in authenticator apps, e.g. totp: { issuer: 'Example Bank' }.",
      );
    }
    this.issuer = issuer;
  }

  /** Loads the library for codes, so the first user does not wait for it. */
  async onModuleInit(): Promise<void> {
    await loadOtplib();
  }

  async enrol(_: TotpRequest, { user }: Moment): Promise<Enrolment<TotpDevice>> {
    const { ScureBase32Plugin } = await loadOtplib();
    const secret = new ScureBase32Plugin().encode(randomKey(KEY_BYTES));
    const key: TotpKey = { secret, ...SHOWN };
    return { ...enrolmentOf(key), show: await this.shown(key, user.name) };
  }

  override async import(foreign: object): Promise<Enrolment<TotpDevice>> {
    return enrolmentOf(await readImport(foreign));
  }

  override same(one: TotpDevice, other: TotpDevice): boolean {
    return significant(one) === significant(other);
  }

  read(raw: unknown, moment: Moment): string | undefined {
    // Six for every key that the module has made, and up to eight for imported ones.
    return [6, 7, 8].map((digits) => readCode(raw, { ...moment, digits })).find((code) => code !== undefined);
  }

  async verify(device: TotpDevice, code: string, { now }: Moment): Promise<Verdict<TotpDevice>> {
    const step = await stepOf(device, code, now);
    if (step !== undefined) return { kind: 'right', state: withStep(device, step, now) };
    return { kind: (await isLastCode(device, code, now)) ? 'replayed' : 'wrong' };
  }

  private async shown(key: TotpKey, account: string): Promise<ShownKey> {
    const { generateURI } = await loadOtplib();
    const otpauth_uri = generateURI({ ...key, issuer: this.issuer, label: labelOf(account) });
    return { secret: key.secret, otpauth_uri, qr_svg: await qrSvg(otpauth_uri) };
  }
}

function enrolmentOf(key: TotpKey): Enrolment<TotpDevice> {
  return { state: { ...key, lastStep: 0, drift: 0 }, hint: '', digits: key.digits };
}

// Zeros at the end of a key change no code: HMAC fills up every key with them (RFC 2104 §2).
function significant({ secret }: TotpDevice): string {
  return secret.replace(/[A=]+$/, '');
}

// An app would take what stands before a colon for the issuer. Half a character fits into no URI, and a long name into no QR code.
function labelOf(account: string): string {
  const characters = Array.from(account.replace(/[:\p{Cc}\p{Cs}]/gu, '_'));
  return characters.slice(0, LONGEST_LABEL).join('');
}
