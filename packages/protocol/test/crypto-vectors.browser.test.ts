import { commands } from "vitest/browser";
import { describeXWing } from "./kem-cases.ts";
import type { Published } from "./published-cases.ts";
import { describeWycheproof } from "./wycheproof-cases.ts";

/** What `vitest.config.ts` does for a page, which has no disk. */
declare module "vitest/browser" {
  interface BrowserCommands {
    vectorsPresent(): Promise<boolean>;
    readVectorText(path: string): Promise<string>;
    announce(what: string, cases: number): Promise<void>;
  }
}

const published: Published = {
  where: "Chromium",
  present: await commands.vectorsPresent(),
  read: (path) => commands.readVectorText(path),
  announce: (what, cases) => commands.announce(what, cases),
};

describeWycheproof(published);
describeXWing(published);
