/** What a test waits for comes late on a busy machine: ten seconds instead of one, unless the test says how long it may take. */

import { vi } from "vitest";

const patienceMs = 10_000;

const { waitFor, waitUntil } = vi;
vi.waitFor = (callback, options) =>
  waitFor(callback, typeof options === "number" ? options : { timeout: patienceMs, ...options });
vi.waitUntil = (callback, options) =>
  waitUntil(callback, typeof options === "number" ? options : { timeout: patienceMs, ...options });
