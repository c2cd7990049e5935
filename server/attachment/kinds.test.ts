import { describe, expect, it } from "vitest";
import { defaultTypes, kindOf, kinds } from "./kinds.ts";

const bytes = (text: string) => Buffer.from(text, "latin1");

const begins: [string, string, string][] = [
  ["\xff\xd8\xff\xe0\0\x10JFIF", "a.jpg", "image/jpeg"],
  ["\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a.png", "image/png"],
  ["GIF89a\x01\0\x01\0", "a.gif", "image/gif"],
  ["RIFF\x24\0\0\0WEBPVP8 ", "a.webp", "image/webp"],
  ["%PDF-1.7\n", "a.pdf", "application/pdf"],
  ["PK\x03\x04\x14\0", "a.zip", "application/zip"],
  ["PK\x03\x04\x14\0", "a.DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
  ["Hello", "a.txt", "text/plain"],
  ["a;b\n", "a.csv", "text/csv"],
];

describe("A file is of the kind", () => {
  it.each(begins)("that it begins as: %j, called %s, is %s", (head, name, type) => {
    expect(kindOf(bytes(head), name).type).toBe(type);
  });

  it("that it begins as, whatever it calls itself", () => {
    expect(kindOf(bytes("\xff\xd8\xff\xe0"), "invoice.pdf").type).toBe("image/jpeg");
    expect(kindOf(bytes("PK\x03\x04"), "photo.png").type).toBe("application/zip");
    expect(kindOf(bytes("%PDF-1.4"), "a.docx").type).toBe("application/pdf");
  });

  it("of text at most where it begins as nothing known: programs, pages, films, drawings, archives that hide", () => {
    for (const head of [
      "MZ\x90\0",
      "\x7fELF",
      "<svg xmlns",
      "<!doctype html>",
      "\0\0\0\x18ftypheic",
      "\x1f\x8b",
    ])
      expect(kindOf(bytes(head), "a.jpg").type).toBe("text/plain");
  });

  it("that is taken unless it is an archive", () => {
    expect(kinds.map(({ type }) => type).filter((type) => !defaultTypes.includes(type))).toEqual([
      "application/zip",
    ]);
  });
});
