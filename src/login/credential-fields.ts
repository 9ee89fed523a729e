import { IsString, Matches, MaxLength } from 'class-validator';
import { bodyReader } from '../http/body.js';

/**
 * A name and a password, as every login takes them. A password is judged whatever it is made of. NUL is refused, because PostgreSQL
 * keeps none. The longest password is one that nobody types: anyone can ask for the slow hash of a long one.
 */
export class CredentialFields {
  // Two conditions: one pattern that looks for a letter among anything tries again from each letter, for seconds in 90 kB.
  @IsString()
  @MaxLength(254)
  @Matches(/^(?=\s*\S)[^\0]*$/s, { message: 'username must not be blank' })
  username!: string;

  @IsString()
  @MaxLength(1024)
  @Matches(/^[^\0]+$/s, { message: 'password must not be blank' })
  password!: string;
}

const read = bodyReader(CredentialFields);

/**
 * Reads them. An application may hand on what a client sent: an object would reach its database, and a long password its slow hash. What a
 * route of the module has read is not read again. @throws {MfaError} `invalid_request`
 */
export function readCredentials(given: object): CredentialFields {
  return given instanceof CredentialFields ? given : read(given);
}
