import type { ProblemDocument } from "../../../shared/problems.ts";

/** Exchanges the Contact JWT for a platform JWT, so that the customer's details do not stand in the page. */
export async function platformJwt(
  contactJwt: string,
  companion: { readonly url: string; readonly siteId: number; readonly messengerId: string },
): Promise<string> {
  const { url, siteId, messengerId } = companion;
  const response = await fetch(`${url}/api/v1/authorize`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ siteId, messengerId, contactJwt }),
    signal: AbortSignal.timeout(5000),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new ExchangeRefused(answer as ProblemDocument);
  return (answer as { accessToken: string }).accessToken;
}

/** The companion said no; `problem` says why and what to do. */
export class ExchangeRefused extends Error {
  override readonly name = "ExchangeRefused";
  readonly problem: ProblemDocument;

  constructor(problem: ProblemDocument) {
    super(problem.detail);
    this.problem = problem;
  }
}
