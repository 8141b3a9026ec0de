import { describeXWing } from "./kem-cases.ts";
import type { Published } from "./published-cases.ts";
import { announce, readVectorText, vectorsPresent } from "./published-vectors.ts";
import { describeWycheproof } from "./wycheproof-cases.ts";

const published: Published = {
  where: "Node",
  present: vectorsPresent,
  read: async (path) => readVectorText(path),
  announce: async (what, cases) => announce(what, cases),
};

describeWycheproof(published);
describeXWing(published);
