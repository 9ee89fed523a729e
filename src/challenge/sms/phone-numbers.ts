import type { CountryCode, PhoneNumber } from 'libphonenumber-js/max';
import { Misconfiguration } from '../../core/misconfiguration.js';

/**
 * Satellites, international networks, international premium rate, and North America's 900: attackers earn money with
 * messages to them. In +88x, 880 and 886 are countries.
 */
const NEVER = /^(87|88[1-57-9]|979|1900)/;

/** Numbers that cost extra, or are no phones. */
const COSTLY = new Set<string | undefined>(['PREMIUM_RATE', 'SHARED_COST', 'PERSONAL_NUMBER', 'PAGER']);

type Library = typeof import('libphonenumber-js/max');

const EXAMPLE = "e.g. sms: { allowedCountries: ['US', 'CA'] }";

/** Decides which numbers may become a factor, and which country counts a message. */
export class PhoneNumbers {
  private library?: Promise<Library>;

  /** @param allowedCountries ISO 3166-1 alpha-2; without them, every country. @throws {Misconfiguration} */
  constructor(private readonly allowedCountries?: readonly string[]) {
    if (allowedCountries === undefined) return;
    if (!Array.isArray(allowedCountries) || allowedCountries.length === 0) {
      throw new Misconfiguration(`\`sms.allowedCountries\` must be a list of countries, ${EXAMPLE}.`);
    }
  }

  /** Loads the numbering plans, which takes 100 ms. @throws {Misconfiguration} for an unknown country */
  async prepare(): Promise<void> {
    const { isSupportedCountry } = await this.load();
    const [wrong] = (this.allowedCountries ?? [])
      .filter((country) => typeof country !== 'string' || !isSupportedCountry(country))
      .map((country: unknown) => (typeof country === 'string' ? `"${country}"` : String(country)));
    if (wrong === undefined) return;
    throw new Misconfiguration(`\`sms.allowedCountries\`: ${wrong} is not a country, ${EXAMPLE}.`);
  }

  /** Says whether a new number, digits with the country code, may get codes. */
  async accepts(digits: string): Promise<boolean> {
    const library = await this.load();
    const number = library.parsePhoneNumberFromString(`+${digits}`);
    // Another spelling of a number, e.g. with its national zero, would have separate limits.
    if (number && number.number !== `+${digits}`) return false;
    if (NEVER.test(digits) || COSTLY.has(dialled(library, digits)?.getType())) return false;
    return !this.allowedCountries || this.allowedCountries.includes(number?.country as CountryCode);
  }

  /** Returns the phone that a number rings, for counting: the number without extra digits. */
  async phoneOf(digits: string): Promise<string> {
    return dialled(await this.load(), digits)?.number.slice(1) ?? digits;
  }

  /** Returns the country of a number, or its calling code if the digits name no country. */
  async countryOf(digits: string): Promise<string> {
    const library = await this.load();
    const number = dialled(library, digits) ?? library.parsePhoneNumberFromString(`+${digits}`);
    return number?.country ?? `+${number?.countryCallingCode ?? ''}`;
  }

  private load(): Promise<Library> {
    return (this.library ??= import('libphonenumber-js/max'));
  }
}

// Networks find a phone by its first digits and drop the rest. A number with an extra digit rings the same phone, costs the
// same, and would have separate limits.
function dialled({ parsePhoneNumberFromString }: Library, digits: string): PhoneNumber | undefined {
  for (let length = digits.length; length >= 7; length--) {
    const number = parsePhoneNumberFromString(`+${digits.slice(0, length)}`);
    if (number?.isValid()) return number;
  }
  return undefined;
}
