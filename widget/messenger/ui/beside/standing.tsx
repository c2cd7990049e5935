import { drawn } from "../drawn.ts";
import { icon } from "../icons.tsx";
import type { BesideView } from "./beside.ts";

const verifiedIcon = icon("M10 2l7 3c0 6-2 10-7 13-5-3-7-7-7-13zM7 10l2 2 4-4");

/** In the header: as whom one talks, and whether somebody is there to answer. */
export const Standing = drawn<{ readonly view: BesideView }>(({ view: { model, language } }) => {
  const phase = model.session.value;
  const { say } = language.value;
  const { online } = model.desk.value;
  const isVerified = phase.kind === "open" && phase.verified;
  const signedIn = isVerified || phase.kind === "expired" ? phase.contact : null;
  return (
    <>
      {signedIn && (
        <p class="line">
          <span class="name" dir="auto">
            {signedIn.name ? say("signedInAs", { name: signedIn.name }) : say("signedIn")}
          </span>
          {isVerified && (
            <span class="verified" role="img" title={say("verified")}>
              {verifiedIcon()}
            </span>
          )}
        </p>
      )}
      {/* Not known before the first word of the server, nor without a connection. */}
      {online !== undefined && model.link.value.kind === "live" && (
        <p class={`line attendance ${online ? "online" : ""}`}>{say(online ? "online" : "away")}</p>
      )}
    </>
  );
});
