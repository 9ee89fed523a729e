import type { PhoneNumber } from 'libphonenumber-js/max';
import type { NumberRefusal } from '../../core/events.js';
import { Misconfiguration } from '../../core/misconfiguration.js';

/**
 * Satellites, international networks, international premium rate, and North America's 900: attackers earn money with
 * messages to them. In +88x, 880 and 886 are countries.
 */
const NEVER = /^(87|88[1-57-9]|979|1900)/;

/** Numbers that cost extra, or are no phones. */
const COSTLY = new Set<string | undefined>(['PREMIUM_RATE', 'SHARED_COST', 'PERSONAL_NUMBER', 'PAGER']);

/**
 * Plans in which a digit of mobile numbers is optional, or was added while the old form still works: with it or without, the same phone
 * rings. Mexico's 1, Argentina's 9, Brazil's ninth digit, Benin's 01 and Gabon's 0. Each drops what it matches after
 * the group.
 */
const OPTIONAL_DIGITS: readonly RegExp[] = [
  /^(52)1(?=\d{10})/,
  /^(54)9(?=\d{10})/,
  /^(55\d\d)9(?=[6-9]\d{7})/,
  /^(229)01(?=\d{8})/,
  /^(241)0(?=\d{7})/,
];

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

  /** Says why a new number, digits with the country code, may get no codes, or returns undefined. */
  async refusal(digits: string): Promise<NumberRefusal | undefined> {
    const library = await this.load();
    const number = library.parsePhoneNumberFromString(`+${digits}`);
    // Another spelling of a number, e.g. with its national zero, would have separate limits.
    if (number && number.number !== `+${digits}`) return 'spelling';
    const types = [digits, phoneOf(library, digits)].map((phone) => dialled(library, phone)?.getType());
    if (NEVER.test(digits) || types.some((type) => COSTLY.has(type))) return 'costly';
    if (!this.allowedCountries) return undefined;
    const [country, isPossible] = [number?.country, number?.isPossible() ?? false];
    if (country ? !this.allowedCountries.includes(country) : isPossible) return 'country';
    return isPossible ? undefined : 'impossible';
  }

  /** Returns the phone that a number rings, for counting: the number without extra and optional digits. */
  async phoneOf(digits: string): Promise<string> {
    return phoneOf(await this.load(), digits);
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

function phoneOf(library: Library, digits: string): string {
  const exact = (phone: string) => dialled(library, phone)?.number.slice(1) ?? phone;
  const phone = exact(digits);
  const optional = OPTIONAL_DIGITS.find((pattern) => pattern.test(phone));
  return optional ? exact(phone.replace(optional, '$1')) : phone;
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
