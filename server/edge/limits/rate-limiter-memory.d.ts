/** The package's index loads all of its twenty stores; this is the one in use, which its types name in the index alone. */
declare module "rate-limiter-flexible/lib/RateLimiterMemory.js" {
  export { RateLimiterMemory as default } from "rate-limiter-flexible";
}
