import { storeContract } from "../contract.suite.ts";
import { describePostgres } from "./testing/test-database.ts";

await describePostgres("The PostgreSQL store", (database) => {
  storeContract("PostgreSQL", database.openEmpty, database.openAgain);
});
