/**
 * The port to your key service (KMS). Extend it and name the class as `keyProvider`. Each sealed state then has its own data
 * key, which the service wraps and the row keeps. A copy of the database and of `keys` opens nothing without the service.
 *
 * `keys` still hash the tokens, and open what they sealed before.
 * @example
 * ```ts
 * export class KmsKeys extends KeyProvider {
 *   readonly keyId = 'mfa-2026';
 *   wrap = (dataKey: Buffer) => kms.encrypt(dataKey);
 *   unwrap = (wrapped: Buffer) => kms.decrypt(wrapped);
 * }
 * ```
 */
export abstract class KeyProvider {
  /** The name of the key that wraps now: at most 64 letters, digits, `-` and `_`. Each row has it, so a new key needs a new name. */
  abstract readonly keyId: string;

  /** Seconds after which a call counts as failed. */
  readonly timeoutSeconds: number = 5;

  /** Encrypts a data key of 32 bytes. @param signal aborts when the time is over */
  abstract wrap(dataKey: Buffer, signal: AbortSignal): Promise<Buffer>;

  /**
   * Decrypts a data key. `keyId` is the name that it was wrapped under. Return null for what the service has not wrapped, and
   * throw if it cannot answer now.
   */
  abstract unwrap(wrapped: Buffer, keyId: string, signal: AbortSignal): Promise<Buffer | null>;
}
