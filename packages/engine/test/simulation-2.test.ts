import { simulate } from "./support/seeds.ts";

simulate(51, 50);
