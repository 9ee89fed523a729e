import { Equals, IsString, Length, Matches, ValidateIf } from 'class-validator';
import { readBody } from '../http/body.js';

/** What a user calls a factor: one line. */
function IsName(): PropertyDecorator {
  const checks = [
    ValidateIf((_, value) => value !== undefined),
    IsString(),
    Length(1, 64),
    Matches(/^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]+$/u, { message: 'name must be one line of text' }),
  ];
  return (target, property) => checks.forEach((check) => check(target, property));
}

/** The part of `POST /mfa/factors/` that is not the challenge's. */
export class NewFactorBody {
  @IsString() type!: string;
  @IsName() name?: string;
}

/** Reads both parts. The challenge's has no field of the module, which a strict schema would refuse. @throws {MfaError} */
export function readNewFactor(raw: unknown): NewFactorBody & { body: object } {
  const { type, name } = readBody(NewFactorBody, raw);
  const body = Object.entries(raw as object).filter(([field]) => field !== 'type' && field !== 'name');
  return { type, name, body: Object.fromEntries(body) };
}

/** The body of `PATCH /mfa/factors/<id>/`. */
export class FactorChangeBody {
  @IsName() name?: string;
  @ValidateIf((_, value) => value !== undefined)
  @Equals(true, { message: 'default can only become true: another factor becomes it instead' })
  default?: true;
}
