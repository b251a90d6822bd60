import { testParity } from "./cases.ts";

testParity("rearrangements");
