import type { Attachment } from "../../../../shared/protocol.ts";
import type { Outcome, SendFile } from "./uploads.ts";

/** By XMLHttpRequest, which alone tells how far an upload has come. */
export function sendFile(file: File, sessionToken: string, told: Parameters<SendFile>[1]): () => void {
  const request = new XMLHttpRequest();
  const form = new FormData();
  form.append("file", file);
  request.open("POST", "/api/v1/attachments");
  request.setRequestHeader("authorization", `Bearer ${sessionToken}`);
  request.upload.onprogress = ({ loaded, total }) => told.progress(total ? loaded / total : 0);
  request.onloadend = () => told.over(outcomeOf(request));
  request.send(form);
  return () => {
    request.onloadend = null;
    request.upload.onprogress = null;
    request.abort();
  };
}

function outcomeOf({ status, responseText }: XMLHttpRequest): Outcome {
  try {
    const body = JSON.parse(responseText);
    if (status === 201 && typeof body.id === "string")
      return { kind: "ready", attachment: body as Attachment };
    if (typeof body.code === "string")
      return {
        kind: "failed",
        code: body.code,
        retryable: status === 401 || status === 429 || status >= 500,
      };
  } catch {
    // What is not of the server's form did not come from it.
  }
  return { kind: "failed", code: "network", retryable: true };
}
