import { drawn } from "../drawn.ts";
import { icon } from "../icons.tsx";
import type { BesideView } from "./beside.ts";

const verifiedIcon = icon("M10 2l7 3c0 6-2 10-7 13-5-3-7-7-7-13zM7 10l2 2 4-4");

/** In the header, under the customer's name: that it is vouched for, and whether somebody is there to answer. */
export const Standing = drawn<{ readonly view: BesideView }>(({ view: { model, language } }) => {
  const phase = model.session.value;
  const { say } = language.value;
  const { online } = model.desk.value;
  const isVerified = phase.kind === "open" && phase.verified;
  // Not known before the first word of the server, nor without a connection.
  const knowsDesk = online !== undefined && model.link.value.kind === "live";
  return (
    (isVerified || knowsDesk) && (
      <p class="line">
        {isVerified && (
          <>
            <span class="verified line">{verifiedIcon()}</span>
            {!phase.contact.name && `${say("signedIn")} · `}
            {say("verified")}
          </>
        )}
        {knowsDesk && (
          <span class={`line attendance ${online ? "online" : ""}`}>{say(online ? "online" : "away")}</span>
        )}
      </p>
    )
  );
});
