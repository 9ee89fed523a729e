import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { describeStoreContract } from './contract/describe-store-contract.js';

await describeOnEach('the store', DATABASE_KINDS, (kind) => describeStoreContract(kind));
