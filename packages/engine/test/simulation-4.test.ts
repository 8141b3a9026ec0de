import { simulate } from "./support/seeds.ts";

simulate(151, 50);
