import { batch, type Signal, signal } from "@preact/signals-core";
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, it } from "vitest";
import { Drawn, drawn } from "./drawn.ts";

let root: HTMLElement;
let drawings: string[];
beforeEach(() => {
  root = document.createElement("div");
  drawings = [];
});

interface LineProps {
  readonly name: string;
  readonly fact: Signal<string>;
}

const Line = drawn<LineProps>(({ name, fact }) => {
  drawings.push(name);
  return `${name} ${fact.value}`;
});
const draw = (lines: readonly LineProps[]) =>
  act(() =>
    render(
      lines.map((line) => <Line key={line.name} {...line} />),
      root,
    ),
  );

it("draws again what read a signal that changed, and nothing beside it", async () => {
  const [fact, other] = [signal("1"), signal("1")];
  await draw([
    { name: "a", fact },
    { name: "b", fact: other },
  ]);
  await act(() => {
    fact.value = "2";
  });
  expect([root.textContent, drawings.join("")]).toEqual(["a 2b 1", "aba"]);
});

it("draws again what is given another property, and nothing that is given the same ones", async () => {
  const [fact, other] = [signal("1"), signal("2")];
  await draw([
    { name: "a", fact },
    { name: "b", fact },
  ]);
  await draw([
    { name: "a", fact },
    { name: "b", fact: other },
  ]);
  expect([root.textContent, drawings.join("")]).toEqual(["a 1b 2", "abb"]);
  // The signal that it read before is none of its business any more.
  await act(() => {
    fact.value = "3";
  });
  expect([root.textContent, drawings.join("")]).toEqual(["a 3b 2", "abba"]);
});

it("draws nothing of what was taken away", async () => {
  const fact = signal("1");
  await draw([{ name: "a", fact }]);
  await draw([]);
  await act(() => {
    fact.value = "2";
  });
  expect([root.textContent, drawings.join("")]).toEqual(["", "a"]);
});

it("draws once whatever changes together: signals of one batch, a signal and a property", async () => {
  const [fact, other] = [signal("1"), signal("2")];
  const Pair = drawn<{ readonly name: string }>(({ name }) => {
    drawings.push(name);
    return `${name} ${fact.value} ${other.value}`;
  });
  const drawPair = (name: string) => act(() => render(<Pair name={name} />, root));
  await drawPair("a");
  await act(() =>
    batch(() => {
      fact.value = "3";
      other.value = "4";
    }),
  );
  await act(() => {
    fact.value = "5";
    other.value = "6";
  });
  await act(() => {
    fact.value = "7";
    render(<Pair name="b" />, root);
  });
  expect([root.textContent, drawings.join("")]).toEqual(["b 7 6", "aaab"]);
});

it("draws a child once, and from above, where both have read what changed", async () => {
  const fact = signal("1");
  const Parent = drawn<object>(() => {
    drawings.push("parent");
    return fact.value === "gone" ? null : <Line name={`child of ${fact.value}`} fact={fact} />;
  });
  await act(() => render(<Parent />, root));
  await act(() => {
    fact.value = "2";
  });
  // What its parent takes away draws nothing of it any more.
  await act(() => {
    fact.value = "gone";
  });
  expect([root.textContent, drawings]).toEqual([
    "",
    ["parent", "child of 1", "parent", "child of 2", "parent"],
  ]);
});

it("draws again after the drawing, where that has changed what a component read", async () => {
  const fact = signal(1);
  class Settling extends Drawn<object> {
    override componentDidMount(): void {
      fact.value = 2;
    }
    protected override draw() {
      drawings.push(`${fact.value}`);
      return fact.value;
    }
  }
  await act(() => render(<Settling />, root));
  expect([root.textContent, drawings]).toEqual(["2", ["1", "2"]]);
});

it("reads nothing on after a drawing that threw, and draws again when it is drawn from above", async () => {
  const fact = signal("bad");
  const Fragile = drawn<{ readonly name: string }>(({ name }) => {
    drawings.push(name);
    if (fact.value === "bad") throw new Error("Nothing to draw.");
    return fact.value;
  });
  expect(() => render(<Fragile name="a" />, root)).toThrow("Nothing to draw.");
  await act(() => {
    fact.value = "good";
  });
  expect(drawings).toEqual(["a"]);
  await act(() => render(<Fragile name="b" />, root));
  expect(root.textContent).toBe("good");
});
