import { Equals, IsString, Length, Matches, ValidateIf } from 'class-validator';

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

/** The body of `PATCH /mfa/factors/<id>/`. */
export class FactorChangeBody {
  @IsName() name?: string;
  @ValidateIf((_, value) => value !== undefined)
  @Equals(true, { message: 'default can only become true: another factor becomes it instead' })
  default?: true;
}
