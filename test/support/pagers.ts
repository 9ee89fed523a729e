import { Injectable, Module } from '@nestjs/common';

/** The application's own service that pages people. */
@Injectable()
export class Pagers {
  readonly pages: { pager: string; code: string }[] = [];

  page(pager: string, code: string): Promise<void> {
    this.pages.push({ pager, code });
    return Promise.resolve();
  }
}

@Module({ providers: [Pagers], exports: [Pagers] })
export class PagersModule {}
