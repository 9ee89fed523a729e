import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { describeStore } from './contract/describe-store.js';

await describeOnEach('the store', DATABASE_KINDS, (kind) => describeStore(kind));
