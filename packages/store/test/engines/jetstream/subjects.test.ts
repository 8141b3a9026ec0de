import type { Label } from "@pli/protocol/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { labelFromSubject, namesFrom } from "../../../src/engines/jetstream/subjects.ts";
import { randomLabel } from "../../lib/client.ts";

const names = namesFrom("pli");

describe("a subject", () => {
  test("stands for one label, and a label for one subject", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const label = bytes as Label;
        expect(labelFromSubject(names.cellSubject(label))).toEqual(label);
        expect(labelFromSubject(names.blockSubject(label))).toEqual(label);
        expect(names.cellSubject(label)).toMatch(/^pli\.cells\.\d+\.[A-Za-z0-9_-]{40}$/);
      }),
    );
  });

  test("of anything else stands for none", () => {
    const subject = names.cellSubject(randomLabel(7));
    for (const wrong of [
      "",
      "pli",
      subject.slice(0, -1),
      `${subject}A`,
      `${subject}.x`,
      subject.replace(".7.", ".07."),
      subject.replace(".7.", ".70000."),
      subject.replace("cells", "news"),
    ]) {
      expect(labelFromSubject(wrong)).toBeUndefined();
    }
    fc.assert(fc.property(fc.string(), (text) => labelFromSubject(text) === undefined));
  });
});
