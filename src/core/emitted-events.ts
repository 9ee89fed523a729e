import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { type EventOrigin, type MfaEvent, MfaEvents } from './events.js';

/** The part of an EventEmitter2 that is used here. */
interface Emitter {
  emitAsync(name: string, event: MfaEvent, origin: EventOrigin): Promise<unknown>;
}

/** Emits each event as `mfa.<type>` if the application imports the module of `@nestjs/event-emitter`. */
export class EmittedEvents extends MfaEvents {
  private emitter?: Promise<Emitter | undefined>;

  constructor(private readonly modules: ModulesContainer) {
    super();
  }

  async on(event: MfaEvent, origin: EventOrigin): Promise<void> {
    // Found at the first event: the emitter may be created after this provider.
    this.emitter ??= this.find();
    await (await this.emitter)?.emitAsync(`mfa.${event.type}`, event, origin);
  }

  private async find(): Promise<Emitter | undefined> {
    const token = await emitterClass();
    const providers = token ? [...this.modules.values()].map((module) => module.providers.get(token)) : [];
    return providers.find((provider) => provider !== undefined)?.instance as Emitter | undefined;
  }
}

// The package is an optional peer.
async function emitterClass(): Promise<Type | undefined> {
  try {
    return (await import('@nestjs/event-emitter')).EventEmitter2 as Type;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
