import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { type MfaEvent, MfaEvents } from './events.js';

/** What of an EventEmitter2 is used here. */
interface Emitter {
  emitAsync(name: string, event: MfaEvent): Promise<unknown>;
}

/** Hands events to the emitter of `@nestjs/event-emitter`, if the application has imported its module, as `mfa.<type>`. */
export class EmittedEvents extends MfaEvents {
  private emitter?: Promise<Emitter | undefined>;

  constructor(private readonly modules: ModulesContainer) {
    super();
  }

  async on(event: MfaEvent): Promise<void> {
    // Looked for at the first event: when this is made, the emitter may not be.
    this.emitter ??= this.find();
    await (await this.emitter)?.emitAsync(`mfa.${event.type}`, event);
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
