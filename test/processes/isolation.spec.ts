import { describeOnEach } from '../support/databases.js';
import { raceRules } from './race-rules.js';

await describeOnEach('[X-07] three processes under serializable isolation', ['postgres'], (kind) => {
  raceRules({
    kind,
    prepare: (database) => `ALTER DATABASE ${database} SET default_transaction_isolation = 'serializable'`,
  });
});

await describeOnEach('[X-07] three processes under snapshot isolation', ['mariadb'], (kind) => {
  raceRules({ kind, sessionSql: 'SET SESSION innodb_snapshot_isolation = ON' });
});

await describeOnEach('[X-07] three processes under serializable snapshot isolation', ['mariadb'], (kind) => {
  raceRules({
    kind,
    sessionSql: "SET SESSION innodb_snapshot_isolation = ON, tx_isolation = 'SERIALIZABLE'",
  });
});
