import { beforeEach, describe, expect, test } from "vitest";
import { forgetToken, keepToken, takeToken } from "./access-token.ts";

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  history.replaceState(null, "", "/console/");
});

const take = () => takeToken(location, history, sessionStorage);

describe("the access token", () => {
  test("in the fragment leaves the address, and the rest of the address stays", () => {
    history.replaceState(null, "", "/console/?a=1#token=secret-1&conversation=c1");
    expect(take()).toBe("secret-1");
    expect(location.href).toMatch(/\/console\/\?a=1#conversation=c1$/);
  });

  test("leaves no fragment behind where it stood alone", () => {
    history.replaceState(null, "", "/console/#token=secret-1");
    take();
    expect(location.href).toMatch(/\/console\/$/);
  });

  test("is kept for this tab only, until it is forgotten", () => {
    keepToken("typed", sessionStorage);
    expect([take(), localStorage.length]).toEqual(["typed", 0]);
    forgetToken(sessionStorage);
    expect(take()).toBeNull();
  });

  test("of a link goes before the kept one", () => {
    keepToken("old", sessionStorage);
    history.replaceState(null, "", "/console/#token=new");
    expect([take(), take()]).toEqual(["new", "new"]);
  });
});
