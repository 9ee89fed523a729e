import { type CallHandler, type ExecutionContext, type INestApplication, type NestInterceptor } from '@nestjs/common';
import { AsyncLocalStorage } from 'node:async_hooks';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { DataSource, type EntityManager, Repository } from 'typeorm';

/** Where a repository's own manager stands meanwhile. */
const OWN = Symbol('own manager');

/**
 * Imitates typeorm-transactional: inside a transaction, every repository and data source returns that transaction's manager.
 * Create it before any repository.
 */
export class AmbientTransactions {
  private readonly storage = new AsyncLocalStorage<EntityManager>();

  constructor() {
    const { storage } = this;
    const manager = {
      get(this: { [OWN]: EntityManager }) {
        return storage.getStore() ?? this[OWN];
      },
      set(this: { [OWN]: EntityManager }, own: EntityManager) {
        this[OWN] = own;
      },
      configurable: true,
    };
    Object.defineProperty(Repository.prototype, 'manager', manager);
    Object.defineProperty(DataSource.prototype, 'manager', manager);
  }

  remove(): void {
    // A storage that was used once slows every promise of the process down until it is disabled.
    this.storage.disable();
    for (const { prototype } of [Repository, DataSource]) delete (prototype as { manager?: unknown }).manager;
  }

  /** Puts each request of an application into a transaction, which is undone where it is refused. */
  around(app: INestApplication): void {
    const run = <T>(act: () => Promise<T>) => this.run(app.get(DataSource), act);
    const interceptor: NestInterceptor = {
      intercept: (_: ExecutionContext, next: CallHandler): Observable<unknown> =>
        from(run(() => lastValueFrom(next.handle(), { defaultValue: undefined }))),
    };
    app.useGlobalInterceptors(interceptor);
  }

  /** Does something in a transaction that is then undone. */
  async undone(source: DataSource, act: () => Promise<unknown>): Promise<void> {
    class Undone extends Error {}
    const done = this.run(source, async () => {
      await act();
      throw new Undone();
    });
    await done.catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error;
    });
  }

  private run<T>(source: DataSource, act: () => Promise<T>): Promise<T> {
    return source.transaction((manager) => this.storage.run(manager, act));
  }
}
