import { Injectable, Post } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { CurrentSession, CurrentUser, RequireMfa } from '../../src/index.js';

/** A decorator as a compiler that does not check types takes it. */
const unchecked = (decorator: unknown) => decorator as (...given: unknown[]) => void;

describe.each([
  ['CurrentUser', CurrentUser],
  ['CurrentSession', CurrentSession],
] as const)('@%s()', (name, decorator) => {
  const said = `@${name}() belongs to a parameter of a method, with parentheses`;

  it('[F-18] is refused in words on a constructor: Nest would look for a provider of that class', () => {
    expect(() => {
      @Injectable()
      class Service {
        constructor(@decorator() readonly found: object) {}
      }
      return Service;
    }).toThrow(said);
  });

  it('[F-18] is refused in words without parentheses: it would inject undefined', () => {
    class Owner {
      find(found: unknown): unknown {
        return found;
      }
    }
    expect(() => unchecked(decorator)(Owner.prototype, 'find', 0)).toThrow(said);
  });

  it('[F-18] is refused in words on a property', () => {
    class Owner {}
    expect(() => unchecked(decorator())(Owner.prototype, 'found')).toThrow(said);
  });
});

describe('@RequireMfa()', () => {
  it('[F-18] is refused in words without parentheses: it would guard nothing', () => {
    class Payout {
      @Post() pay(): void {}
    }
    const method = Object.getOwnPropertyDescriptor(Payout.prototype, 'pay');
    expect(() => unchecked(RequireMfa)(Payout)).toThrow('@RequireMfa needs parentheses');
    expect(() => unchecked(RequireMfa)(Payout.prototype, 'pay', method)).toThrow('@RequireMfa needs parentheses');
    expect(() => unchecked(RequireMfa)(new Payout())).toThrow('@RequireMfa needs parentheses');
  });
});
