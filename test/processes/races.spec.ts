import { DATABASE_KINDS, describeOnEach } from '../support/databases.js';
import { raceRules } from './race-rules.js';

await describeOnEach('three processes', DATABASE_KINDS, (kind) => raceRules({ kind }));
