// Starts the store from its bundle, or from the sources where there is none of these sources.
import { pathToFileURL } from "node:url";
import { programOf } from "../../../scripts/bundled.mjs";

await import(pathToFileURL(programOf("server")).href);
