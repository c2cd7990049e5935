#!/usr/bin/env node
import { systemClock } from "../../shared/clock.ts";
import { run } from "./run.ts";

process.exitCode = await run(process.argv.slice(2), systemClock, {
  env: process.env,
  print: (text) => process.stdout.write(text),
  remark: (text) => process.stderr.write(`${text}\n`),
});
