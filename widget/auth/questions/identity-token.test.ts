import { expect, test } from "vitest";
import { readIdentity } from "./identity-token.ts";

test.each([[undefined], [null], [{}], [{ contactJwt: "", platformJwt: "" }], ["a.b.c"]])(
  "%j is a visitor",
  (value) => {
    expect(readIdentity(value)).toBeNull();
  },
);

test("one filled placeholder is an identity, and nothing else of the settings comes along", () => {
  expect(readIdentity({ deploymentId: "x", contactJwt: "a.b.c", platformJwt: "" })).toEqual({
    contactJwt: "a.b.c",
  });
  expect(readIdentity({ platformJwt: "d.e.f" })).toEqual({ platformJwt: "d.e.f" });
});

test("both filled is an error, not a choice", () => {
  expect(() => readIdentity({ contactJwt: "a.b.c", platformJwt: "d.e.f" })).toThrow(
    expect.objectContaining({ name: "MessengerError", code: "request_invalid" }),
  );
});

test.each([
  "{{ jwt }}",
  "<%= jwt %>",
  "%JWT%",
  ["$", "{jwt}"].join(""),
  " {{{jwt}}}",
  "[[jwt]]",
  "#{jwt}",
  "@Model.Jwt",
])("%s is a placeholder that was not replaced", (contactJwt) => {
  expect(() => readIdentity({ contactJwt })).toThrow(
    expect.objectContaining({ code: "placeholder_not_replaced", retryable: false }),
  );
});

test("a broken token is the server's to refuse, by its own code", () => {
  expect(readIdentity({ contactJwt: "not-a-token" })).toEqual({ contactJwt: "not-a-token" });
});

test("a token that is no string is an error, and its value is not in the message", () => {
  expect(() => readIdentity({ contactJwt: { secret: "s3cret" } })).toThrow(/^(?!.*s3cret).*object/);
});
