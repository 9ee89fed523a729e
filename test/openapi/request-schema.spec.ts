import {
  Allow,
  ArrayMaxSize,
  Equals,
  IsArray,
  IsDefined,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Min,
  ValidateIf,
} from 'class-validator';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { requestSchema } from '../../src/openapi/request-schema.js';

class PostalRequest {
  @IsString() @Length(1, 64) street!: string;
  @Matches(/^[0-9]{5}$/) code!: string;
  @Matches(/^[a-z]+$/i) city!: string;
  @IsEmail() @IsOptional() email?: string;
  @IsIn(['home', 'work']) kind!: string;
  @IsInt() @Min(1) floor!: number;
  @IsArray() @ArrayMaxSize(3) @IsString({ each: true }) lines!: string[];
  @Equals(true) @ValidateIf(() => false) agreed?: true;
  @IsDefined() @ValidateIf(() => false) proof!: unknown;
  @Allow() note?: unknown;
}

const V3 = { openapi: '3.0.0' };

describe('the schema of a request', () => {
  it('has the rules of class-validator that JSON Schema has words for', () => {
    expect(requestSchema(PostalRequest, V3)).toEqual({
      type: 'object',
      properties: {
        street: { type: 'string', minLength: 1, maxLength: 64 },
        code: { type: 'string', pattern: '^[0-9]{5}$' },
        // With a pattern, it would refuse capitals.
        city: { type: 'string' },
        email: { type: 'string', format: 'email' },
        kind: { enum: ['home', 'work'] },
        floor: { type: 'integer', minimum: 1 },
        lines: { type: 'array', maxItems: 3, items: { type: 'string' } },
        agreed: { enum: [true] },
        proof: {},
        note: {},
      },
      required: ['street', 'code', 'city', 'kind', 'floor', 'lines', 'proof'],
    });
  });

  it('is what a Standard Schema says of itself', () => {
    const schema = z.object({ pager: z.string().regex(/^P\d{4}$/), beeps: z.number().int().positive().optional() });
    for (const openapi of ['3.0.0', '3.1.0']) {
      expect(requestSchema(schema, { openapi })).toMatchObject({
        type: 'object',
        properties: { pager: { type: 'string', pattern: '^P\\d{4}$' }, beeps: { type: 'integer' } },
        required: ['pager'],
      });
    }
  });

  it('is any object where a Standard Schema cannot say it', () => {
    const any = { type: 'object', additionalProperties: true };
    const recursive = z.object({
      get inner() {
        return recursive.optional();
      },
    });
    const validate = (value: unknown) => ({ value: value as object });
    expect(requestSchema(z.object({ at: z.date() }), V3)).toEqual(any);
    expect(requestSchema(recursive, V3)).toEqual(any);
    expect(requestSchema({ '~standard': { validate } }, V3)).toEqual(any);
  });
});
