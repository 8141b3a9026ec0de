import { simulate } from "./support/seeds.ts";

simulate(1, 50);
