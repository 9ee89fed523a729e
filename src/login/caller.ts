import { type AddressedRequest, ClientAddress } from '../http/client-address.js';
import { type ConnectedRequest, connectionOf } from '../http/connection.js';
import type { Caller } from './first-half.js';

/** Returns where a login comes from. */
export function callerOf(request: AddressedRequest & ConnectedRequest, addresses: ClientAddress): Caller {
  return { address: addresses.of(request), signal: connectionOf(request) };
}
