import { acceptedBy, flagOf, keyOf, OPTIONS, variableOf, type Option } from "./options.ts";

/** The text of `--help`: every command, and every setting with its three names. */
export const helpText = (): string =>
  `pli-server: the store and its web app.
pli-server bench [--json] [--seconds 3] [--data FOLDER]: measures durable cells a second of this machine's disk and of each engine, beside the data.
pli-server copy --from PLACE --to PLACE: copies a stopped store whole, with its id and its positions. A place is a folder or the address of a cluster.
pli-server backup --to FOLDER: backs up the store that runs on the data. On an existing back-up it adds what is new.
pli-server restore --from FOLDER: restores a back-up to the data, which must not exist yet.

A flag wins over the environment, the environment over the file named by --config, the file over the default.

${OPTIONS.map(helpLines).join("\n")}
`;

const helpLines = (option: Option): string =>
  `  ${flagOf(option)}  (${variableOf(option)}, ${keyOf(option)})  ${fallbackOf(option)}\n      ${option.help}\n      ${acceptedBy(option)}`;

const fallbackOf = ({ fallback }: Option): string => (fallback === "" ? "" : `default ${fallback}`);

/** The settings as a table for docs/configuration.md. */
export const helpMarkdown = (): string =>
  [
    "| flag | environment | in the file | default | accepts | what it does |",
    "|---|---|---|---|---|---|",
    ...OPTIONS.map(
      (option) =>
        `| \`${flagOf(option)}\` | \`${variableOf(option)}\` | ${option.name === "config" ? "" : `\`${keyOf(option)}\``} | ${option.fallback} | ${acceptedBy(option)} | ${option.help} |`,
    ),
  ].join("\n");
