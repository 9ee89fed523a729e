import { Injectable, Logger } from '@nestjs/common';
import { isAddress, isPrivate, networkOf } from './network.js';

/** The parts of a framework's request that say where it comes from. */
export interface AddressedRequest {
  /** The client's address, as the server's trusted proxies give it. */
  ip?: string;
  headers: Record<string, string | string[] | undefined>;
  socket?: { remoteAddress?: string; destroyed?: boolean };
}

/** Finds the client of a request. It reads no header: only the application knows which proxies it trusts. */
@Injectable()
export class ClientAddress {
  private readonly logger = new Logger('MfaModule');
  private warned = false;

  /** Returns the client's address, as the framework gives it. */
  of(request: AddressedRequest): string | undefined {
    if (!this.warned) this.warnOf(request);
    return request.ip;
  }

  /** Returns the client's network. */
  networkOf(request: AddressedRequest): string {
    return networkOf(this.of(request));
  }

  // Clients with one address share one budget and slow each other.
  private warnOf(request: AddressedRequest): void {
    const isUnreadable = request.ip !== undefined && !isAddress(request.ip);
    this.warned = isUnreadable || hidesClients(request);
    if (isUnreadable)
      this.logger.warn('Could not parse the client address (request.ip). Such clients share their limits.');
    else if (this.warned) this.warnOfProxy();
  }

  private warnOfProxy(): void {
    this.logger.warn(
      'A request came from a private address with X-Forwarded-For, and the application trusts no proxy. If it is behind ' +
        "one, all clients share its limits until it does, e.g. app.set('trust proxy', '10.0.0.1'), or " +
        "new FastifyAdapter({ trustProxy: '10.0.0.1' }).",
    );
  }
}

function hidesClients({ ip, headers, socket }: AddressedRequest): boolean {
  return headers['x-forwarded-for'] !== undefined && ip === socket?.remoteAddress && isPrivate(ip);
}
