import {
  type CountryCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
  type PhoneNumber,
} from 'libphonenumber-js/max';
import { Misconfiguration } from '../../core/misconfiguration.js';

/**
 * Satellites, international networks and international premium rate, and North America's 900: nobody's own phone, and what
 * pumping pays for. Of +88x, 880 and 886 are countries.
 */
const NEVER = /^(87|88[1-57-9]|979|1900)/;

/** Numbers that the caller pays extra for, or that are no phones. */
const COSTLY = new Set<string | undefined>(['PREMIUM_RATE', 'SHARED_COST', 'PERSONAL_NUMBER', 'PAGER']);

/** Which numbers may become a factor, and which country a message to one is counted for. */
export class PhoneNumbers {
  /** @param allowedCountries ISO 3166-1 alpha-2; without them, every country. @throws {Misconfiguration} */
  constructor(private readonly allowedCountries?: readonly string[]) {
    if (allowedCountries === undefined) return;
    const example = "e.g. sms: { allowedCountries: ['US', 'CA'] }";
    if (!Array.isArray(allowedCountries) || allowedCountries.length === 0) {
      throw new Misconfiguration(`\`sms.allowedCountries\` is no list of countries, ${example}.`);
    }
    const wrong = allowedCountries.findIndex((country) => typeof country !== 'string' || !isSupportedCountry(country));
    if (wrong < 0) return;
    throw new Misconfiguration(
      `\`sms.allowedCountries\`: ${JSON.stringify(allowedCountries[wrong])} is no country, ${example}.`,
    );
  }

  /** Whether codes may be sent to a number, digits with the country code, that is none of its user's yet. */
  accepts(digits: string): boolean {
    const number = parsePhoneNumberFromString(`+${digits}`);
    // Another spelling of a number, e.g. with the zero of its country, would have limits of its own.
    if (number && number.number !== `+${digits}`) return false;
    if (NEVER.test(digits) || COSTLY.has(dialled(digits)?.getType())) return false;
    return !this.allowedCountries || this.allowedCountries.includes(number?.country as CountryCode);
  }

  /** The phone that a number rings, for counting: its digits without those that are too many. */
  phoneOf(digits: string): string {
    return dialled(digits)?.number.slice(1) ?? digits;
  }

  /** The country of a number, or, where its digits do not tell, the code that it begins with. */
  countryOf(digits: string): string {
    const number = dialled(digits) ?? parsePhoneNumberFromString(`+${digits}`);
    return number?.country ?? `+${number?.countryCallingCode ?? ''}`;
  }
}

// Networks find a phone by its first digits and drop the rest: a number with one digit more rings the same phone, costs the
// same, and would have limits of its own.
function dialled(digits: string): PhoneNumber | undefined {
  for (let length = digits.length; length >= 7; length--) {
    const number = parsePhoneNumberFromString(`+${digits.slice(0, length)}`);
    if (number?.isValid()) return number;
  }
  return undefined;
}
