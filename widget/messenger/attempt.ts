/** Where a browser keeps storage from frames of other sites, the very access throws, and so do channels between tabs. */
export function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
