import type { Kit } from "../../kit.ts";
import { createPeopleCommands } from "./commands.ts";
import { peopleQueries } from "./queries.ts";

/** This person and their contacts, by name. */
export const createPeople = (kit: Kit) => ({ commands: createPeopleCommands(kit), queries: peopleQueries });
