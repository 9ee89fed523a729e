import { IsOptional, Matches, MaxLength } from 'class-validator';

/** What authenticator apps show. */
export class TotpOptions {
  /**
   * The name of your service in authenticator apps, e.g. `Example Bank`. Required with `TotpChallenge`. It has no `:`, which parts it
   * from the account in the key's URI.
   */
  @IsOptional()
  @Matches(/^[^:\p{Cc}]*[^:\p{Cc}\s][^:\p{Cc}]*$/u, { message: 'issuer must be a name without `:`' })
  @MaxLength(64)
  issuer?: string = undefined;
}
