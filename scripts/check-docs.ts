/**
 * Checks what the documents say against what is there: every link leads to a file and a heading,
 * every file and section that is named exists, every promise has a claim with tests that exist
 * (`docs/claims.md`), decision records and the glossary have their form, and every picture is
 * shown.
 */
import { recordProblems } from "./docs/adr.ts";
import { claimProblems, claimsIn } from "./docs/claims.ts";
import { glossaryProblems } from "./docs/glossary.ts";
import { brokenLinks } from "./docs/links.ts";
import { picturesNotShown } from "./docs/pictures.ts";
import { promisedPlaces } from "./docs/promises.ts";
import { exists, listFiles, read, readFiles, report } from "./repository.ts";

const CLAIMS = "docs/claims.md";
const GLOSSARY = "docs/glossary.md";
const documents = readFiles(/\.md$/);
const pictures = listFiles().filter((path) => /^docs\/.*\.(?:png|jpe?g|svg|webp)$/.test(path));
const sourceOf = (file: string): string | undefined => (exists(file) ? read(file) : undefined);

report([
  ...brokenLinks(documents, exists),
  ...claimProblems(claimsIn(read(CLAIMS)), promisedPlaces(), sourceOf).map((problem) => `${CLAIMS}: ${problem}`),
  ...recordProblems(documents),
  ...glossaryProblems(read(GLOSSARY)).map((problem) => `${GLOSSARY}: ${problem}`),
  ...picturesNotShown(pictures, documents),
]);
