import { expect } from 'vitest';

/** The answer to a right password of a user whose default factor is of this type, with everything that it may hold and nothing else. */
export function prompted(type: string): object {
  return {
    mfa_required: true,
    mfa_type: type,
    mfa_token: expect.stringMatching(/^t1\.[0-9a-f]{8}\.[\w-]+\.[\w-]+$/) as unknown,
    expires_in: expect.any(Number) as unknown,
    mfa_methods: expect.any(Array) as unknown,
    challenge: expect.objectContaining({ type, input: expect.any(String) as unknown }) as unknown,
  };
}
