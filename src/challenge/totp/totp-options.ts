import { Matches, MaxLength } from 'class-validator';

/** What authenticator apps show. */
export class TotpOptions {
  /** The name of your service in authenticator apps, e.g. `Example Bank`. `TotpChallenge` requires it. It has no `:`. */
  @Matches(/^[^:\p{Cc}]*$/u, { message: 'the name has no `:` and no line end' })
  @MaxLength(64)
  issuer = '';
}
