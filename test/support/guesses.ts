import type { BootedApp } from './boot-app.js';
import type { Answered } from './client.js';
import type { LoginRoute } from './logins.js';
import type { WireRequest } from './par.js';

/** What is sent through a proxy that the application believes: tests speak for every client of the world. */
export const BEHIND_PROXY = { trustedProxy: '127.0.0.1' };

/** An address in a network of its own: 65 536 of them, in a range that is kept for tests of networks. */
export function addressIn(network: number): string {
  return `198.${18 + (network >> 8)}.${network & 255}.7`;
}

/** The same request, as the proxy hands it on for this address. */
export function from(address: string, { headers, ...request }: WireRequest): WireRequest {
  return { ...request, headers: { ...headers, 'x-forwarded-for': address } };
}

/** Sends it. */
export function sent({ client }: BootedApp, { path, ...request }: WireRequest): Promise<Answered> {
  return client.post(path, request);
}

/** Sends wrong passwords for a name one after the other, and gives the status of each answer. */
export async function guessPasswords(login: LoginRoute, username: string, count: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let guess = 0; guess < count; guess++) {
    statuses.push((await login.send(username, { password: `guess-${guess}` })).status);
  }
  return statuses;
}

/** So many times the same. */
export function times<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value);
}
