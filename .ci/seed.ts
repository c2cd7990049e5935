/** Of everything that tests draw: `SEED=4711` draws others than every time, `SEED=random` others each time. */
export function seedOf({ SEED = "20261121" }: NodeJS.ProcessEnv): number {
  if (SEED === "random") return Math.floor(Math.random() * 2 ** 31);
  if (!/^-?\d{1,10}$/.test(SEED))
    throw new Error(`SEED is ${JSON.stringify(SEED)}: neither digits nor "random".`);
  return Number(SEED);
}
