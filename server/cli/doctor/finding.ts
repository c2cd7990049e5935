/** What the doctor found. A problem stands before production, a warning is the operator's to weigh. */
export interface Finding {
  readonly level: "problem" | "warning" | "fine";
  /** A variable, a path of the configuration, or a thing such as `clock`. */
  readonly subject: string;
  readonly found: string;
  /** Absent where it is fine. */
  readonly fix?: string;
}

export const fine = (subject: string, found: string): Finding => ({ level: "fine", subject, found });

export const warning = (subject: string, found: string, fix: string): Finding => ({
  level: "warning",
  subject,
  found,
  fix,
});

export const problem = (subject: string, found: string, fix: string): Finding => ({
  level: "problem",
  subject,
  found,
  fix,
});
