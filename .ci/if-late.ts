/**
 * For tests that promise a time: a busy machine may be late once, and then the test is tried again. What was seen to be wrong is
 * wrong at once, however seldom it happens.
 */
export const ifLate = {
  count: 2,
  condition: /Timeout \d+ms exceeded|timed out in \d+ms|expected \S+ to be less than/,
};
