import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fileName } from "./file-name.ts";
import { extensionOf, kinds } from "./kinds.ts";

const kind = (type: string) => kinds.find((kind) => kind.type === type) ?? expect.unreachable();
const jpeg = kind("image/jpeg");
const plain = kind("text/plain");

describe("A file's name", () => {
  it.each([
    ["photo.JPG", "photo.jpg"],
    ["Ferien 2026.jpeg", "Ferien 2026.jpeg"],
    ["../../etc/passwd", "passwd.jpg"],
    ["C:\\Users\\Ada\\me.jpg", "me.jpg"],
    ["cod.\u202egpj.exe", "cod.gpj.exe.jpg"],
    ["a\r\nSet-Cookie: b.jpg", "aSet-Cookie b.jpg"],
    ["nul\0.jpg", "nul.jpg"],
    [".htaccess", "htaccess.jpg"],
    ["photo.jpg.exe", "photo.jpg.exe.jpg"],
    ["photo.jpg...", "photo.jpg"],
    ["", "file.jpg"],
    [".jpg", "jpg.jpg"],
    ["写真.png", "写真.png.jpg"],
    ["e\u0301te\u0301.jpg", "été.jpg"],
    ["half \ud800 pair.jpg", "half pair.jpg"],
  ])("%j becomes %j", (given, name) => {
    expect(fileName(given, jpeg)).toBe(name);
  });

  it("ends as its kind does, so that nothing opens text as a page", () => {
    expect(fileName("page.html", plain)).toBe("page.html.txt");
    expect(fileName("drawing.svg", plain)).toBe("drawing.svg.txt");
    expect(fileName("server.log", plain)).toBe("server.log");
  });

  it("takes no time that grows with the square of what a form calls it", () => {
    const begun = performance.now();
    fileName(`a${".".repeat(80_000)}b.jpg`, jpeg);
    fileName(`a${" .".repeat(40_000)}b.jpg`, jpeg);
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  it("whatever it was, is short, visible, no path, ends as its kind does, and stays as it is the second time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.constantFrom(...kinds), (given, kind) => {
        const name = fileName(given, kind);
        expect(name).not.toMatch(/[/\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|^\./u);
        expect(name.isWellFormed()).toBe(true);
        expect(Array.from(name).length).toBeLessThan(120);
        expect(kind.extensions).toContain(extensionOf(name));
        expect(fileName(name, kind)).toBe(name);
      }),
      { numRuns: 500 },
    );
  });
});
