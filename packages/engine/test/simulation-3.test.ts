import { simulate } from "./support/seeds.ts";

simulate(101, 50);
