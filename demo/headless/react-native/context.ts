/**
 * What React Native with Hermes gives an application, in a context of its own (`node:vm`): no Node, no DOM, and of the web's
 * interfaces those that React Native brings, as narrow as they are there. What the application asks for beyond that is noted.
 */

import { createContext, runInContext } from "node:vm";
import { Window } from "happy-dom";
import { build } from "vite";
import { type DeviceNetwork, networkInterfaces } from "./network.ts";

/** Of ECMAScript, and not in Hermes. */
const withoutHermes = `
  delete globalThis.WebAssembly; delete globalThis.SharedArrayBuffer; delete globalThis.Atomics;
  delete globalThis.FinalizationRegistry; delete globalThis.Iterator;
  delete Promise.withResolvers; delete Promise.try; delete Array.fromAsync; delete Intl.Segmenter;
  delete Object.groupBy; delete Map.groupBy; delete String.prototype.isWellFormed; delete String.prototype.toWellFormed;
  for (const name of ["union", "intersection", "difference", "symmetricDifference", "isSubsetOf", "isSupersetOf", "isDisjointFrom"])
    delete Set.prototype[name];
`;

export interface Application<Exports> {
  readonly exports: Exports;
  /** Globals of browsers and of Node that it asked for and that are not there, in that order. */
  readonly missed: readonly string[];
}

/** The client as a bundler of applications (Metro) makes a script of it. Throws where it is more than this one file. */
export async function bundleOf(entry: string): Promise<string> {
  const [result] = [
    await build({
      configFile: false,
      logLevel: "silent",
      build: {
        write: false,
        minify: false,
        lib: { entry, formats: ["iife"], name: "Application" },
        rolldownOptions: {
          onwarn(warning) {
            throw new Error(warning.message);
          },
        },
      },
    }),
  ].flat();
  const [chunk, ...others] = result && "output" in result ? result.output : [];
  if (chunk?.type !== "chunk" || chunk.imports.length > 0 || others.length > 0)
    throw new Error("The client is expected to be one file that imports nothing.");
  return chunk.code;
}

/** Runs the script where there is nothing but ECMAScript, or on a device. */
export function load<Exports>(script: string, device: DeviceNetwork | null): Application<Exports> {
  const given = device ? { ...device.timers, ...platform(), ...networkInterfaces(device) } : {};
  const context = createContext({ ...given });
  runInContext(withoutHermes, context);
  const missed: string[] = [];
  for (const name of foreignNames) {
    if (name in context) continue;
    Object.defineProperty(context, name, { get: () => void missed.push(name), configurable: true });
  }
  runInContext(script, context);
  return { exports: runInContext("Application", context) as Exports, missed };
}

const platform = () => ({
  console,
  queueMicrotask,
  URL,
  URLSearchParams,
  AbortController,
  AbortSignal,
  TextEncoder,
  performance: { now: () => performance.now() },
  navigator: { product: "ReactNative" },
});

const names = (global: object): string[] => Object.getOwnPropertyNames(global);
const ownNames = new Set(names(runInContext("globalThis", createContext())));
/** Of browsers and of Node, without those of the language. */
const foreignNames = new Set(
  [
    ...names(globalThis),
    ...names(new Window()),
    "require",
    "module",
    "process",
    "document",
    "localStorage",
  ].filter((name) => !ownNames.has(name)),
);
