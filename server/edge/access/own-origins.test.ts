import { expect, test } from "vitest";
import { describePlace } from "./own-origins.ts";

test("a public address is the only own origin", () => {
  const place = describePlace("https://chat.acme.example/", "127.0.0.1", 8080);
  expect(place.publicOrigin).toBe("https://chat.acme.example");
  expect([...place.ownOrigins]).toEqual(["https://chat.acme.example"]);
});

test.each(["127.0.0.1", "localhost", "::1", "0.0.0.0", "::"])(
  "a server on %s goes by every loopback name",
  (host) => {
    const { ownOrigins } = describePlace(null, host, 8080);
    expect([...ownOrigins]).toEqual(
      expect.arrayContaining(["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"]),
    );
  },
);

test("a server on another address goes by that address alone, written as browsers write it", () => {
  expect([...describePlace(null, "192.0.2.7", 80).ownOrigins]).toEqual(["http://192.0.2.7"]);
  expect(describePlace(null, "2001:DB8::7", 8080).publicOrigin).toBe("http://[2001:db8::7]:8080");
});
