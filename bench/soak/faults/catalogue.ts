import type { Fault } from "./fault.ts";
import { clock, databaseDisk, diskFull, diskRefuses } from "./machine.ts";
import { doubledFrames, halfOpen, latency, reset, stall, throttle } from "./network.ts";
import { freeze, kill, restart } from "./processes.ts";
import {
  databaseCrash,
  databaseLine,
  databaseTerminate,
  redisClients,
  redisLine,
  redisRestart,
} from "./services.ts";

export const catalogue: readonly Fault[] = [
  kill,
  freeze,
  restart,
  reset,
  stall,
  halfOpen,
  latency,
  throttle,
  doubledFrames,
  diskRefuses,
  diskFull,
  clock,
  databaseCrash,
  databaseDisk,
  databaseTerminate,
  databaseLine,
  redisRestart,
  redisClients,
  redisLine,
];
