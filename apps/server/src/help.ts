import { acceptedBy, flagOf, keyOf, OPTIONS, variableOf, type Option } from "./options.ts";

/** `--help`: every setting, with its three names. */
export const helpText = (): string =>
  `pli-server: the store and its web app.
pli-server bench [--json] [--seconds 3] [--data FOLDER]: durable cells a second of this machine's disk and of each engine, beside the data.
pli-server copy --from PLACE --to PLACE: a store whole, id and positions included; a place is a folder or the address of a cluster, and both are still.
pli-server backup --to FOLDER: the store that runs on the data, into a folder. Called again, it brings that up to date.
pli-server restore --from FOLDER: makes the data, which must not be there, from a back-up.

A flag wins over the environment, the environment over the file named by --config, the file over the default.

${OPTIONS.map(helpLines).join("\n")}
`;

const helpLines = (option: Option): string =>
  `  ${flagOf(option)}  (${variableOf(option)}, ${keyOf(option)})  ${fallbackOf(option)}\n      ${option.help}\n      ${acceptedBy(option)}`;

const fallbackOf = ({ fallback }: Option): string => (fallback === "" ? "" : `default ${fallback}`);

/** The same as a table for docs/configuration.md. */
export const helpMarkdown = (): string =>
  [
    "| flag | environment | in the file | default | accepts | what it does |",
    "|---|---|---|---|---|---|",
    ...OPTIONS.map(
      (option) =>
        `| \`${flagOf(option)}\` | \`${variableOf(option)}\` | ${option.name === "config" ? "" : `\`${keyOf(option)}\``} | ${option.fallback} | ${acceptedBy(option)} | ${option.help} |`,
    ),
  ].join("\n");
