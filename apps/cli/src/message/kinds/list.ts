/** How each kind of message is shown, under its name. One that is missing does not compile. */
export {
  away,
  blocked,
  change,
  deleted,
  devices,
  gap,
  held,
  newKeys,
  paired,
  rejoined,
  renamed,
  shutOut,
} from "./notices.ts";
export { text, unknown } from "./written.ts";
