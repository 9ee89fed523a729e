/** A refusal of the token endpoint, as in RFC 6749 §5.2. */
export class OAuthRefusal extends Error {
  constructor(
    /** The error code of the RFC, e.g. `invalid_grant`. */
    readonly error: string,
    /** The `error_description`. */
    description: string,
    readonly status = 400,
    /** More of the body. */
    readonly details: object = {},
  ) {
    super(description);
    this.name = 'OAuthRefusal';
  }
}
