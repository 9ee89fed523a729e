import { getMetadataArgsStorage } from 'typeorm';
import { AbstractMultiFactorAuth } from './abstract-multi-factor-auth.js';

/**
 * Lets the columns that an application's entity declares again win over the inherited ones. TypeORM takes whichever was declared
 * first, and so would keep the inherited type: call it before TypeORM reads the entities.
 */
export function preferRetypedColumns(): void {
  const { columns } = getMetadataArgsStorage();
  const own = new Set(
    columns.filter(({ target }) => target === AbstractMultiFactorAuth).map((one) => one.propertyName),
  );
  const retyped = columns.filter(
    ({ target, propertyName }) =>
      own.has(propertyName) && typeof target === 'function' && target.prototype instanceof AbstractMultiFactorAuth,
  );
  for (const column of retyped) columns.splice(columns.indexOf(column), 1);
  columns.unshift(...retyped);
}
