import { Injectable, Logger } from '@nestjs/common';
import { isAddress, isPrivate, networkOf } from './network.js';

/** The parts of a framework's request that tell where it comes from. */
export interface AddressedRequest {
  /** The client's address, as the application's setting of trusted proxies gives it. */
  ip?: string;
  headers: Record<string, string | string[] | undefined>;
  socket?: { remoteAddress?: string };
}

/** Where requests come from. It reads no header: only the application knows which proxy may be believed. */
@Injectable()
export class ClientAddress {
  private readonly logger = new Logger('MfaModule');
  private warned = false;

  /** The client's address, as the framework gives it. */
  of(request: AddressedRequest): string | undefined {
    if (!this.warned) this.warnOf(request);
    return request.ip;
  }

  /** The client's network. */
  networkOf(request: AddressedRequest): string {
    return networkOf(this.of(request));
  }

  // Clients that cannot be told apart share one budget, and stand in each other's way.
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
