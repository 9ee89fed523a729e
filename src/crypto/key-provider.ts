/**
 * Your key service (KMS). Extend it and name the class as `keyProvider`: each sealed state then has a data key of its own,
 * kept beside it as the service wrapped it. Whoever has a copy of the database and `keys`, but not the service, opens none.
 *
 * Tokens are still hashed with `keys`, and what was sealed with `keys` before still opens.
 */
export abstract class KeyProvider {
  /** The name of the key that wraps now: letters, digits, `-` and `_`, at most 64. It stands in each row; a new key needs a new one. */
  abstract readonly keyId: string;

  /** Seconds after which a call has failed. */
  readonly timeoutSeconds: number = 5;

  /** Encrypts a data key of 32 bytes. @param signal aborts when the time is over */
  abstract wrap(dataKey: Buffer, signal: AbortSignal): Promise<Buffer>;

  /**
   * The data key again. `keyId` is the name that it was wrapped under. Null for what the service has not wrapped; throw for
   * what it cannot do now, e.g. because it is down.
   */
  abstract unwrap(wrapped: Buffer, keyId: string, signal: AbortSignal): Promise<Buffer | null>;
}
