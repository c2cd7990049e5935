import { storeContract } from "../contract.suite.ts";
import { openSqliteStore } from "./open.ts";

storeContract("SQLite", () => openSqliteStore(":memory:"));
