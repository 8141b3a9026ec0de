import { SearchIcon } from "../../icons.tsx";
import type { ThreadChoice } from "./choice.ts";

export const find: ThreadChoice = ({ wording, onFind }) => ({
  id: "find",
  label: wording.words.thread.find,
  icon: <SearchIcon />,
  onChoose: onFind,
});
